using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;

namespace Nabla.Text.Tests.Subwords;

public sealed class BpeTrainerTests
{
    // The words of Sennrich, Haddow and Birch (2016), algorithm 1.
    private static readonly string[] Paper =
        [.. Enumerable.Repeat("low", 5), .. Enumerable.Repeat("lower", 2), .. Enumerable.Repeat("newest", 6), .. Enumerable.Repeat("widest", 3)];

    private static readonly string[] Sentences =
    [
        "Ein Mann sitzt auf einer Bank und liest.", "Zwei Männer sitzen auf Bänken, und ein Hund bellt.", "Der Hund sitzt und bellt den Mann an!",
        "春眠不觉晓，处处闻啼鸟。", "夜来风雨声，花落知多少。春眠不觉晓。", "It's 12 o'clock -- don't sit (there)...",
    ];

    [Fact]
    public void The_words_of_the_paper_are_merged_by_how_often_pairs_are_met()
    {
        TextPreprocessing learnt = new BpeTrainer { VocabularySize = 1000, FewestUses = 1 }.Train(Paper, length: 8);
        Assert.Equal(["e s", "es t"], learnt.Merges!.Take(2));
        Assert.Equal(TextUnit.Subword, learnt.Unit);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void What_is_learnt_equals_what_counting_all_pairs_anew_for_each_merge_gives(int fewestUses, bool lowerCase)
    {
        string[] texts = [.. Paper, .. Sentences];
        TextPreprocessing learnt = new BpeTrainer { VocabularySize = 140, FewestUses = fewestUses, LowerCase = lowerCase }.Train(texts, length: 8);
        (List<string> vocabulary, List<string> merges) = NaiveBpe.Learn(texts, 140, fewestUses, lowerCase, longest: 16);
        Assert.Equal(vocabulary, learnt.Vocabulary);
        Assert.Equal(merges, learnt.Merges);
        Assert.True(merges.Count > 20);
    }

    [Fact]
    public void Special_tokens_come_first_and_no_merge_makes_one()
    {
        string[] texts = [.. Enumerable.Repeat("<eos><eos> <0x41> aaa", 20)];
        BpeTrainer trainer = new() { VocabularySize = 320, FurtherTokens = [TextPreprocessing.BeginToken, TextPreprocessing.EndToken], Bytes = true };
        TextPreprocessing learnt = trainer.Train(texts, length: 8);
        Assert.Equal(["<pad>", "<unk>", "<bos>", "<eos>", "<0x00>"], learnt.Vocabulary.Take(5));
        Assert.Equal(learnt.Vocabulary.Count, learnt.Vocabulary.Distinct().Count());
        Assert.Equal((2, 3, null), (learnt.PlaceOf("<bos>"), learnt.PlaceOf("<eos>"), learnt.PlaceOf("<sep>")));
        IReadOnlyList<int> ids = TextTokenizer.Of(learnt).EncodeToIds(texts[0]);
        Assert.All(ids, id => Assert.True(id > 3 + 256));
        Assert.Equal(texts[0], TextTokenizer.Of(learnt).Decode(ids));
    }

    [Fact]
    public void Rare_characters_and_long_tokens_are_left_out()
    {
        string[] texts = ["abcdef abcdef abcdef", "x"];
        TextPreprocessing learnt = new BpeTrainer { LongestToken = 3 }.Train(texts, length: 8);
        Assert.DoesNotContain("x", learnt.Vocabulary);
        Assert.All(learnt.Vocabulary.Skip(2), token => Assert.InRange(token.Length, 1, 3));
        Assert.Equal("<unk>", TextTokenizer.Of(learnt).Decode(TextTokenizer.Of(learnt).EncodeToIds("x")).TrimStart());
    }

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        Assert.Contains("no room for 258", Assert.Throws<ArgumentException>(() => new BpeTrainer { VocabularySize = 100, Bytes = true }.Train([], 8)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BpeTrainer { FewestUses = 0 }.Train([], 8));
        Assert.Equal(2, new BpeTrainer().Train([], 8).Vocabulary.Count);
    }

    [Fact]
    public void Merges_are_saved_with_a_model_and_wrong_ones_refused()
    {
        using TemporaryFolder folder = new();
        TextPreprocessing learnt = new BpeTrainer { VocabularySize = 60 }.Train(Sentences, length: 8);
        Sequential network = new([8], 1, new Embedding(learnt.Vocabulary.Count, 4, paddingIndex: 0), new GlobalAveragePool1D(), new Dense(2, ActivationKind.Softmax));
        SavedModel model = new("parts", network) { Labels = ["a", "b"], Preprocessing = new ModelPreprocessing(Text: learnt) };
        ModelFolder.Save(folder.File("model"), model);
        TextPreprocessing read = ModelFolder.Load(folder.File("model")).Preprocessing!.Text!;
        Assert.Equal(learnt.Merges, read.Merges);
        string json = File.ReadAllText(folder.File("model/model.json"));
        AssertRefused(json.Replace($"\"{learnt.Merges![0]}\"", "\"a zzz\"", StringComparison.Ordinal), "into one of it, got 'a zzz'");
        AssertRefused(json.Replace("\"Subword\"", "\"Word\"", StringComparison.Ordinal), "none otherwise, got");

        void AssertRefused(string changed, string problem)
        {
            Assert.NotEqual(json, changed);
            folder.Write("model/model.json", changed);
            Assert.Contains(problem, Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("model"))).Message, StringComparison.Ordinal);
        }
    }
}
