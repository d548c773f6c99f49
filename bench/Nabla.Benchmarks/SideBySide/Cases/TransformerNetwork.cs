using Nabla.Layers;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>A Transformer encoder over tokens whose mean is classified.</summary>
internal static class TransformerNetwork
{
    public const int Vocabulary = 10_000;
    public const int Tokens = 128;
    public const int Size = 256;
    public const int Heads = 4;
    public const int Classes = 2;
    private const int FeedForward = 1024;
    private const int Blocks = 4;

    public static Sequential Create(double dropout) => new(
        [Tokens], seed: 1,
        [
            new Embedding(Vocabulary, Size), new PositionTable(), new Dropout(dropout),
            .. Enumerable.Range(0, Blocks).Select(_ => new EncoderBlock(Size, Heads, FeedForward, dropout)),
            new GlobalAveragePool1D(), new Dense(Classes, ActivationKind.Softmax),
        ]);

    /// <summary>Random texts and their classes.</summary>
    public static (Tensor Tokens, Tensor Labels) Batch(int batch, long seed) => (
        RandomKey.FromSeed(seed).Integers([batch, Tokens], 0, Vocabulary), RandomKey.FromSeed(1000 + seed).Integers([batch], 0, Classes));
}
