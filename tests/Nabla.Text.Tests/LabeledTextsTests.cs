using System.IO.Compression;
using System.Text;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Text.Tests;

public sealed class LabeledTextsTests : IDisposable
{
    private static readonly TextPreprocessing Short = new() { Unit = TextUnit.Word, Length = 3, Vocabulary = ["<pad>", "<unk>", "good", "bad"] };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_table_has_a_column_of_texts_and_one_of_classes()
    {
        string path = folder.Write("reviews.csv", "label,review\n1,\"fine, \"\"really\"\"\"\n0,NA\n1,\n");
        LabeledTexts texts = LabeledTexts.Read(path);
        Assert.Equal(["fine, \"really\"", "NA"], texts.Texts);
        Assert.Equal([1, 0], texts.Labels);
        Assert.Equal(["0", "1"], texts.Classes);
        Assert.Equal(1, texts.Dropped);
    }

    [Fact]
    public void A_table_without_a_header_gets_names()
    {
        string path = folder.Write("titles.txt", "词汇阅读\teducation\n中国股市\tstocks\n");
        LabeledTexts texts = LabeledTexts.Read(path, "title", "kind", new CsvOptions { Delimiter = '\t', Header = ["title", "kind"] });
        Assert.Equal(["词汇阅读", "中国股市"], texts.Texts);
        Assert.Equal(["education", "stocks"], texts.Classes);
    }

    [Theory]
    [InlineData("pos.txt", "neg.txt", "neg", "pos")]
    [InlineData("rt-polarity.pos", "rt-polarity.neg", "neg", "pos")]
    [InlineData("a.b.x.txt", "a.b.y.txt", "x", "y")]
    [InlineData("ab", "ac", "ab", "ac")]
    public void A_folder_has_a_file_a_class(string first, string second, string smaller, string larger)
    {
        folder.Write(first, "one\ntwo\r\n\n");
        folder.Write(second, "three");
        folder.Write(".hidden", "four");
        LabeledTexts texts = LabeledTexts.Read(folder.ToString());
        Assert.Equal([smaller, larger], texts.Classes);
        Assert.Equal(["one", "three", "two"], texts.Texts.Order());
        Assert.Equal(1, texts.Dropped);
        Assert.Equal(["three"], texts.Select([texts.Texts.Index().Single(text => text.Item == "three").Index]).Texts);
    }

    [Theory]
    [InlineData("neg pos", "pos.txt", "neg.txt", "README.md", "page.html", "scores.csv", "notes")]
    [InlineData("neg pos", "pos.txt.gz", "neg.txt", "README.txt")]
    [InlineData("neg pos", "rt.pos", "rt.neg", "README", "LICENSE", "table.tsv")]
    [InlineData("neg pos", "pos", "neg", "model.json")]
    public void What_else_is_in_a_folder_of_classes_is_none(string classes, params string[] files)
    {
        foreach (string file in files)
        {
            folder.Write(file, file.EndsWith(".gz", StringComparison.Ordinal) ? Packed("one\n") : "one\n"u8.ToArray());
        }

        Assert.Equal(classes, string.Join(' ', LabeledTexts.Read(folder.ToString()).Classes));
    }

    [Fact]
    public void Tables_in_a_folder_are_no_classes()
    {
        folder.Write("train.csv", "text,label\ngood,1\n");
        folder.Write("test.csv", "text,label\nbad,0\n");
        Assert.Contains("got 0 of them", Assert.Throws<InvalidFileException>(() => LabeledTexts.Read(folder.ToString())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text,kind\nx,1\n", "expected a column 'label', got")]
    [InlineData("a,b,label\nx,y,1\n", "expected the name of the column of the texts, one of a, b, got none at line 1")]
    [InlineData("text,label\nx,1\ny,1\n", "expected texts of at least 2 classes, got '1' alone")]
    [InlineData("text,label\n ,1\n ,2\n", "expected texts, got 2 empty ones")]
    [InlineData("text,label\n", "expected texts, got none")]
    [InlineData("text,label\nx,1\n,\ny, \nz,2\n", "expected a class for each text, got none at line 4")]
    public void A_bad_table_is_refused(string content, string problem) =>
        Assert.Contains(problem, Assert.Throws<InvalidFileException>(() => LabeledTexts.Read(folder.Write("bad.csv", content))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_class_that_a_model_does_not_know_is_named_with_its_line()
    {
        string path = folder.Write("test.csv", "text,label\nx,good\ny,ugly\n");
        string message = Assert.Throws<InvalidFileException>(() => LabeledTexts.Read(path, classes: ["bad", "good"])).Message;
        Assert.Contains("expected one of the classes bad, good, got 'ugly' at line 3", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused_with_its_line()
    {
        folder.Write("a.txt", "one\n");
        folder.Write("b.txt", [.. "two\n"u8, 0xB7, 0xC3, (byte)'\n']);
        Assert.Contains("expected text in UTF-8, got byte B7 at line 2", Assert.Throws<InvalidFileException>(() => LabeledTexts.Read(folder.ToString())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_one_file_is_refused()
    {
        folder.Write("a.txt", "one\n");
        Assert.Contains("expected a file a class, a text a line, such as pos.txt and neg.txt, got 1 of them", Assert.Throws<InvalidFileException>(() => LabeledTexts.Read(folder.ToString())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_are_filled_up_and_cut_off_and_both_are_counted()
    {
        EncodedTexts encoded = EncodedTexts.Of(Short, ["Good", "bad bad good good", "so so", ""]);
        Assert.Equal([2, 0, 0, 3, 3, 2, 1, 1, 0, 0, 0, 0], encoded.Ids.ToArray<int>());
        Assert.Equal([4, 3], encoded.Ids.Shape.ToArray());
        Assert.Equal((1, 2), (encoded.Truncated, encoded.Unknown));
    }

    [Fact]
    public void A_text_of_spaces_and_unknown_parts_of_words_is_unknown()
    {
        TextPreprocessing parts = new() { Unit = TextUnit.Subword, Length = 3, Vocabulary = ["<pad>", "<unk>", "\u2581", "a", "\u2581a"], Merges = ["\u2581 a"] };
        Assert.Equal(2, EncodedTexts.Of(parts, ["犬 犬", "a 犬", "", "犬 a"]).Unknown);
    }

    private static byte[] Packed(string text)
    {
        using MemoryStream stream = new();
        using (GZipStream packed = new(stream, CompressionLevel.Fastest))
        {
            packed.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }

    [Fact]
    public void A_dataset_has_tokens_and_classes()
    {
        Sample sample = LabeledTexts.Read(folder.Write("t.csv", "text,label\ngood,b\nbad,a\n")).ToDataset(Short).Epoch(0).First();
        Assert.Equal([2, 0, 0], sample.Inputs[0].ToArray<int>());
        Assert.Equal(1, sample.Target!.ToArray<int>()[0]);
    }
}
