using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class TranslateTests : IDisposable
{
    private static readonly string[] English = ["one", "two", "three", "four", "five"];
    private static readonly string[] German = ["eins", "zwei", "drei", "vier", "fünf"];
    private static readonly string[] Chinese = ["一", "二", "三", "四", "五"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_of_two_languages_is_learnt_judged_and_translated()
    {
        string run = folder.File("run");
        Outcome trained = Cli.Run([.. Train(WriteFolder()), "--lower-case", "--lr", "0.004", "--epochs", "14", "--average", "2", "--out", run]).Succeeds();
        Assert.Contains("700 sentences to learn from, 30 to validate, 40 to test", trained.Output, StringComparison.Ordinal);
        Assert.Contains("a joint vocabulary of ", trained.Output, StringComparison.Ordinal);
        using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(folder.File("run/metrics.json")));
        Assert.InRange(metrics.RootElement.GetProperty("test_bleu").GetDouble(), 80, 100);

        using JsonDocument judged = JsonDocument.Parse(Cli.Run("evaluate", run, "--data", folder.File("data"), "--json").Succeeds().Output);
        Assert.Equal(metrics.RootElement.GetProperty("test_bleu").GetDouble(), judged.RootElement.GetProperty("test_bleu").GetDouble(), 1e-6);
        Assert.Equal("zwei drei vier\n", Cli.Run("predict", run, "Four three two").Succeeds().Output);
        string lines = folder.Write("lines.txt", "one two\n\nfive\n");
        Assert.Equal(["zwei eins", "", "fünf"], Cli.Run("predict", run, lines, "--beam", "2").Succeeds().Output.Split('\n')[..3]);
        Assert.Contains("\"translation\":\"zwei eins\"", Cli.RunWith("one two\n", "predict", run, "-", "--json").Succeeds().Output, StringComparison.Ordinal);
        Cli.Run("predict", run, "five four three", "--attention", folder.File("map.png")).Succeeds();
        Assert.Equal([0x89, .. "PNG"u8], File.ReadAllBytes(folder.File("map.png"))[..4]);
        Assert.Contains("translation", Cli.Run("inspect", run).Succeeds().Output, StringComparison.Ordinal);
        SeesWhatIsWrong(run);
    }

    [Fact]
    public void Chinese_is_written_character_by_character_from_a_file_of_pairs()
    {
        string[] pairs = [.. Sentences(300, seed: 3).Select(words => $"{Join(" ", words, English)}.\t{Join("", words, Chinese)}。\tnote")];
        string run = folder.File("run");
        string file = folder.Write("pairs.txt", string.Join('\n', pairs));
        Outcome trained = Cli.Run([.. Train(file, "zh"), "--epochs", "2", "--out", run]).Succeeds();
        Assert.Contains("vocabularies of ", trained.Output, StringComparison.Ordinal);
        Assert.Contains(" and 10 tokens", trained.Output, StringComparison.Ordinal);
        using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(folder.File("run/metrics.json")));
        Assert.InRange(metrics.RootElement.GetProperty("test_bleu").GetDouble(), 0, 100);
        Outcome drawn = Cli.Run("predict", run, "one two.", "--attention", folder.File("map.png"));
        Assert.Equal(0, drawn.ExitCode);
        Assert.True(File.Exists(folder.File("map.png")));
        Assert.True(drawn.Error.Length == 0 || drawn.Error.Contains("the picture numbers the tokens", StringComparison.Ordinal), drawn.Error);
    }

    [Fact]
    public void No_sentence_is_in_two_parts_of_a_file_of_pairs()
    {
        string[] pairs = [.. Enumerable.Range(0, 60).Select(index => $"sentence {index % 20}\tSatz {index}")];
        string file = folder.Write("pairs.tsv", string.Join('\n', pairs.Append("\tleer")));
        Recipes.Parts<Text.ParallelTexts> parts = Recipes.TranslationCorpus.Read(file, "en", "de", null, seed: 4);
        Assert.Equal((48, 6, 6), (parts.Train.Count, parts.Validation.Count, parts.Test.Count));
        Assert.Empty(parts.Train.Sources.Intersect(parts.Validation.Sources.Concat(parts.Test.Sources)));
        Assert.Empty(parts.Validation.Sources.Intersect(parts.Test.Sources));
        Assert.Equal(1, parts.Train.Dropped);
        Recipes.Parts<Text.ParallelTexts> again = Recipes.TranslationCorpus.Read(file, "en", "de", null, seed: 4);
        Assert.Equal(parts.Test.Targets, again.Test.Targets);
        Assert.NotEqual(parts.Test.Targets, Recipes.TranslationCorpus.Read(file, "en", "de", null, seed: 5).Test.Targets);
    }

    [Fact]
    public void The_optimizer_is_the_one_that_is_asked_for()
    {
        WriteFolder();
        folder.Write("data/val.en", "one two\n名\n");
        folder.Write("data/val.de.gz", Pack("zwei eins\ndrei\n"));
        string[] losses = [.. new[] { "adam", "sgd" }.Select(optimizer =>
        {
            string run = folder.File(optimizer);
            string[] settings = ["--limit", "60", "--epochs", "1", "--lr", "0.01", "--optimizer", optimizer, "--out", run];
            Assert.Contains("1 sentences have no known token", Cli.Run([.. Train(folder.File("data")), .. settings]).Succeeds().Output, StringComparison.Ordinal);
            return File.ReadLines(Path.Combine(run, "history.csv")).Last().Split(',')[1];
        })];
        Assert.NotEqual(losses[0], losses[1]);
    }

    [Fact]
    public void What_is_wrong_with_the_data_is_one_line()
    {
        string data = WriteFolder();
        Cli.Run("train", "translate", "--source", "en", "--target", "de").FailsWith("needs sentences in two languages");
        Cli.Run("train", "translate", "--data", data, "--target", "de").FailsWith("give --source");
        Cli.Run("train", "translate", "--data", data, "--source", "en").FailsWith("give --target");
        Cli.Run([.. Train(data, "fr"), "--out", folder.File("run")]).FailsWith("expected a file 'train....en' and one 'train....fr'", "train.de");
        folder.Write("data/val.de", "eins\nzwei\n");
        Cli.Run([.. Train(data), "--out", folder.File("run")]).FailsWith("val.en", "val.de", "2", "30");
        folder.Write("data/val.de", [.. "eins\n"u8, 0xC3, 0x28, 10]);
        Cli.Run([.. Train(data), "--out", folder.File("run")]).FailsWith("val.de", "expected text in UTF-8", "line 2");
        Cli.Run([.. Train(folder.Write("p.txt", "one\teins\ntwo\n")), "--out", folder.File("run")]).FailsWith("p.txt", "no tab", "line 2");
        Cli.Run("train", "translate", "--length", "1").FailsWith("--length must be a whole number, 2 or more, not '1'");
        Cli.Run("train", "translate", "--vocabulary", "4").FailsWith("--vocabulary must be a whole number, 5 to 1048576, not '4'");
        Cli.Run("train", "translate", "--dropout", "1").FailsWith("--dropout must be a number from 0 to below 1, not '1'");
        Assert.False(Directory.Exists(folder.File("run")));
    }

    private void SeesWhatIsWrong(string run)
    {
        Cli.Run("predict", run, " ").FailsWith("expected a sentence, got an empty one");
        Cli.Run("predict", run, "one", "two", "--attention", folder.File("a.png")).FailsWith("--attention draws one sentence, but 2 were given");
        Cli.RunWith([.. "one\n"u8, 0xFF], "predict", run, "-").FailsWith("standard input", "expected text in UTF-8", "line 2");
        Outcome cut = Cli.Run("predict", run, string.Join(' ', Enumerable.Repeat("one two", 40)));
        Assert.Equal(0, cut.ExitCode);
        Assert.Contains("1 sentence is longer than the model's window of ", cut.Error, StringComparison.Ordinal);
        Assert.Equal("", Cli.Run("predict", run, "名").FailsWith("'名': none of its words is in the model's vocabulary of ").Output);
        string bad = folder.Write("bad.txt", "one two\n名\nfive\n");
        Assert.Equal(["zwei eins", "", "fünf", ""], Cli.Run("predict", run, bad).FailsWith("bad.txt line 2: none of its words").Output.Split('\n'));
        Cli.Run("predict", run, "missing/sentences").FailsWith("missing/sentences: no such file");
        Cli.Run("predict", run, "one", "--question", "Who?").FailsWith("--question is for models that answer questions, and 'translate' is none");
        Assert.Equal("eins\n", Cli.Run("predict", run, "one", "--attention", Path.Combine(bad, "map.png")).FailsWith("map.png").Output);
        folder.Write("other/test.en", $"one\n名\n\n{string.Join(' ', Enumerable.Repeat("two", 60))}\n");
        folder.Write("other/test.de", "eins\nzwei\ndrei\nvier\n");
        string judged = Cli.Run("evaluate", run, "--data", folder.File("other")).Succeeds().Output;
        Assert.Contains("1 pairs with an empty sentence are left out\n1 sentences of more than ", judged, StringComparison.Ordinal);
        Assert.Contains("1 sentences have no known token\n", judged, StringComparison.Ordinal);
    }

    private static string[] Train(string data, string target = "de") =>
    [
        "train", "translate", "--data", data, "--source", "en", "--target", target, "--vocabulary", "60", "--width", "32", "--layers", "1", "--heads", "2",
        "--batch", "32", "--dropout", "0",
    ];

    // Translated word by word, from behind.
    private string WriteFolder()
    {
        foreach ((string part, int count, int seed) in new[] { ("train", 700, 1), ("val", 30, 2), ("test_a", 40, 3) })
        {
            int[][] sentences = [.. Sentences(count, seed)];
            folder.Write($"data/{part}.en", string.Concat(sentences.Select(words => $"{Join(" ", words, English)}\n")));
            folder.Write($"data/{part}.de.gz", Pack(string.Concat(sentences.Select(words => $"{Join(" ", [.. words.Reverse()], German)}\n"))));
        }

        return folder.File("data");
    }

    private static IEnumerable<int[]> Sentences(int count, int seed)
    {
        Random random = new(seed);
        return Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(English.Length)).ToArray()).ToArray();
    }

    private static string Join(string separator, int[] words, string[] language) => string.Join(separator, words.Select(word => language[word]));

    private static byte[] Pack(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
