using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Text.Tests;

/// <summary>A small language of numbers, whose sentences are translated word by word and from behind: only who looks at the right word translates.</summary>
internal static class NumberWords
{
    private const int Length = 8;
    private static readonly string[] English = ["one", "two", "three", "four", "five"];
    private static readonly string[] German = ["eins", "zwei", "drei", "vier", "fünf"];

    public static TextPreprocessing Source { get; } = Preprocessing(English);

    public static TextPreprocessing Target { get; } = Preprocessing(German);

    public static string Translated(string sentence) =>
        string.Join(' ', sentence.Split(' ').Reverse().Select(word => German[Array.IndexOf(English, word)]));

    public static ParallelTexts Pairs(int count, long seed)
    {
        int[] draws = RandomKey.FromSeed(seed).Integers([count, Length - 2], 0, English.Length).ToArray<int>();
        string[] sentences = [.. Enumerable.Range(0, count).Select(index => Sentence(draws.AsSpan(index * (Length - 2), 1 + (index % (Length - 2)))))];
        return new ParallelTexts("numbers", sentences, [.. sentences.Select(Translated)], 0);
    }

    public static Sequential Network(long seed, int width = 32) => new(
        [2, Length],
        seed,
        new EncoderDecoder(
            new Chain(new Embedding(Source.Vocabulary.Count, width, paddingIndex: 0), Positions(), new TransformerBlock(2, 2 * width), new LayerNorm()),
            new Chain(
                new Embedding(Target.Vocabulary.Count, width, paddingIndex: 0),
                Positions(),
                new TransformerBlock(2, 2 * width) { Causal = true, CrossAttention = true },
                new LayerNorm(),
                new Dense(Target.Vocabulary.Count))));

    public static Sequential Trained(int sentences, int epochs)
    {
        Sequential network = Network(seed: 1);
        Trainer trainer = new(network, new SparseCategoricalCrossEntropy(fromLogits: true, ignoreIndex: 0), new Adam(0.003));
        Dataset<Sample> samples = EncodedPairs.Of(Pairs(sentences, seed: 2), Source, Target).Samples;
        trainer.Fit(samples, null, new FitOptions { Epochs = epochs, BatchSize = 32, Buckets = new LengthBuckets() }, TestContext.Current.CancellationToken);
        return network;
    }

    private static SinusoidalPositions Positions() => new() { ScalesInput = true };

    private static string Sentence(ReadOnlySpan<int> words)
    {
        string[] chosen = new string[words.Length];
        for (int index = 0; index < chosen.Length; index++)
        {
            chosen[index] = English[words[index]];
        }

        return string.Join(' ', chosen);
    }

    private static TextPreprocessing Preprocessing(string[] words) => new()
    {
        Unit = TextUnit.Word,
        Length = Length,
        Vocabulary = [.. TextPreprocessing.SpecialTokens, TextPreprocessing.BeginToken, TextPreprocessing.EndToken, .. words],
    };
}
