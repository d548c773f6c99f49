using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Text;

/// <summary>
/// A convolutional network that classifies texts (Kim, Convolutional Neural Networks for Sentence Classification, 2014, arXiv 1408.5882): vectors of
/// tokens, filters over a few tokens each, the strongest answer of each filter, dropout, classes. The sum of all vectors, over the length of the longest text, stands beside the filters
/// (Joulin et al., Bag of Tricks for Efficient Text Classification, 2016, arXiv 1607.01759): what is said in many words counts as well. Filters see as many
/// places as there are tokens, and padding at the right counts nowhere: a text gives the same however far it is filled up.
/// </summary>
public static class TextCnn
{
    /// <summary>Creates a network, from int32 <c>[batch, length]</c> to probabilities <c>[batch, classes]</c>.</summary>
    /// <param name="vocabularySize">The tokens of the vocabulary.</param>
    /// <param name="length">The tokens of a text.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <param name="options">Its sizes.</param>
    /// <exception cref="ArgumentException">A size is not positive, or a filter is longer than the text.</exception>
    public static Sequential Create(int vocabularySize, int length, int classes, long seed, TextCnnOptions? options = null)
    {
        options ??= new TextCnnOptions();
        Layer[] filters = [.. options.Windows.Where(window => window <= length).Select(window => Filters(window, options))];
        return new Sequential(
            [length],
            seed,
            new Embedding(vocabularySize, options.EmbeddingSize, paddingIndex: TextPreprocessing.PaddingId),
            new SpatialDropout1D(options.EmbeddingDropout),
            new Concatenated([.. filters, new GlobalAveragePool1D { IgnoresPadding = true, Divisor = length }]),
            new Dropout(options.Dropout),
            new Dense(classes, ActivationKind.Softmax));
    }

    private static Chain Filters(int window, TextCnnOptions options) =>
        new(new Conv1D(options.Filters, window, ActivationKind.Relu, padding: Padding.Same), new GlobalMaxPool1D { IgnoresPadding = true });
}

/// <summary>The sizes of a <see cref="TextCnn"/>.</summary>
public sealed record TextCnnOptions
{
    /// <summary>The length of a token's vector.</summary>
    public int EmbeddingSize { get; init; } = 128;

    /// <summary>How many tokens the filters see.</summary>
    public IReadOnlyList<int> Windows { get; init; } = [1, 2, 3];

    /// <summary>The filters of each window.</summary>
    public int Filters { get; init; } = 64;

    /// <summary>The share of the vectors' channels that is dropped while training; from 0 to below 1.</summary>
    public double EmbeddingDropout { get; init; } = 0.4;

    /// <summary>The share of the filters' answers that is dropped while training; from 0 to below 1.</summary>
    public double Dropout { get; init; } = 0.5;
}
