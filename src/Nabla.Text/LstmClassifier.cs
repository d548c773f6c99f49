using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Text;

/// <summary>
/// A recurrent network that classifies texts: vectors of tokens, long short-term memory in both directions (Graves and Schmidhuber, Framewise Phoneme
/// Classification with Bidirectional LSTM, 2005), dropout, classes. Padding at the right is passed over.
/// </summary>
public static class LstmClassifier
{
    /// <summary>Creates a network, from int32 <c>[batch, length]</c> to probabilities <c>[batch, classes]</c>.</summary>
    /// <param name="vocabularySize">The tokens of the vocabulary.</param>
    /// <param name="length">The most tokens of a text.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <param name="options">Its sizes.</param>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    public static Sequential Create(int vocabularySize, int length, int classes, long seed, LstmClassifierOptions? options = null)
    {
        options ??= new LstmClassifierOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Layers);
        return new Sequential(
            [length],
            seed,
            [
                new Embedding(vocabularySize, options.EmbeddingSize, paddingIndex: TextPreprocessing.PaddingId),
                new SpatialDropout1D(options.EmbeddingDropout),
                .. Enumerable.Range(1, options.Layers).Select(layer => new Bidirectional(new Lstm(options.Units) { ReturnSequences = layer < options.Layers })),
                new Dropout(options.Dropout),
                new Dense(classes, ActivationKind.Softmax),
            ]);
    }
}

/// <summary>The sizes of an <see cref="LstmClassifier"/>.</summary>
public sealed record LstmClassifierOptions
{
    /// <summary>The length of a token's vector.</summary>
    public int EmbeddingSize { get; init; } = 128;

    /// <summary>The numbers of a state in each direction.</summary>
    public int Units { get; init; } = 64;

    /// <summary>How many bidirectional layers stand one upon the other.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>The share of the vectors' channels that is dropped while training; from 0 to below 1.</summary>
    public double EmbeddingDropout { get; init; } = 0.4;

    /// <summary>The share of the last states that is dropped while training; from 0 to below 1.</summary>
    public double Dropout { get; init; } = 0.5;
}
