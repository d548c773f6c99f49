using Microsoft.ML.Tokenizers;
using Nabla.Data;
using Nabla.Tests;
using Nabla.Text.Metrics;
using Nabla.Text.Tests.Loading;
using Nabla.Training;

namespace Nabla.Text.Tests;

/// <summary>Runs the code of docs/tokenizers.md.</summary>
public sealed class TokenizerGuideTests
{
    private const string English = "the dogs are sleeping\nthe dog is sleeping in the sun\na man and the dogs are in the sun\n";
    private const string German = "die Hunde schlafen\nder Hund schläft in der Sonne\nein Mann und die Hunde sind in der Sonne\n";

    [Fact]
    public void Parts_of_words_are_learnt_from_both_sides_and_texts_come_back()
    {
        using TemporaryFolder folder = new();
        string source = folder.Write("train.en", English);
        string target = folder.Write("train.de", German);
        string table = folder.Write("pairs.tsv", string.Join('\n', English.Split('\n').Zip(German.Split('\n'), (left, right) => left.Length > 0 ? $"{left}\t{right}" : "")));
        ParallelTexts pairs = ParallelTexts.Read(source, target);   // a text a line in each file, gzipped or not
        ParallelTexts same = ParallelTexts.Read(table);             // or one file: text, tab, translation
        Assert.Equal(pairs.Targets, same.Targets);
        BpeTrainer trainer = new() { VocabularySize = 120, FurtherTokens = [TextPreprocessing.BeginToken, TextPreprocessing.EndToken] };
        TextPreprocessing preprocessing = trainer.Train(pairs.Sources.Concat(pairs.Targets), length: 32);
        Tokenizer tokenizer = TextTokenizer.Of(preprocessing);
        IReadOnlyList<int> ids = tokenizer.EncodeToIds("the dogs are sleeping");
        string text = tokenizer.Decode(ids);                                   // the dogs are sleeping
        int? end = preprocessing.PlaceOf(TextPreprocessing.EndToken);          // 3
        EncodedTexts inputs = EncodedTexts.Of(preprocessing, pairs.Sources);   // int32 [texts, 32], and how many were cut off
        Assert.Equal(("the dogs are sleeping", 3), (text, end));
        Assert.Equal([3, 32], inputs.Ids.Shape);
        Assert.True(ids.Count < 10);
    }

    [Fact]
    public void Published_tokenizers_batches_and_scores_are_as_the_guide_says()
    {
        string path = TokenizerFilesTests.FileOf("gpt2");
        Tokenizer published = TokenizerFiles.Load(path);
        Assert.Equal([257], published.EncodeToIds("low"));
        FitOptions options = new() { Epochs = 2, BatchSize = 16, Buckets = new LengthBuckets() };
        FitOptions byTokens = options with { Buckets = new LengthBuckets { Tokens = 512 } };   // more short texts in a batch, fewer long ones
        Assert.Equal((8, 512), (options.Buckets.Multiple, byTokens.Buckets.Tokens));
        string[] translations = ["The dog bit the man in the park."];
        string[] references = ["the dog bit the man in a park."];
        BleuScore bleu = new Bleu { LowerCase = true }.Score(translations, references);
        double rouge = RougeL.Mean(translations, references);
        double exact = ExactMatch.Of("The Norman Dukes.", ["norman dukes", "Normans"]);          // 1
        double f1 = TokenF1.Of("1963年", ["1963年5月"], AnswerLanguage.Chinese);                  // 0.67
        Assert.InRange(bleu.Score, 60, 70);
        Assert.Equal((0.875, 1, 0.67), (rouge, exact, Math.Round(f1, 2)));
    }
}
