using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Text;

/// <summary>
/// A recurrent network that writes a text from another with attention (Bahdanau et al., Neural Machine Translation by Jointly Learning to Align and
/// Translate, 2014, arXiv 1409.0473; in the form of Luong et al., Effective Approaches to Attention-based Neural Machine Translation, 2015, arXiv
/// 1508.04025): a bidirectional encoder; a decoder whose state at each step asks the encoder's states, weighs them, by a bilinear product or by
/// <see cref="AdditiveAttention"/>, and goes on with what it got beside itself to the logits.
/// </summary>
public static class RecurrentTranslator
{
    /// <summary>
    /// Creates a network, see <see cref="EncoderDecoder"/>: from int32 <c>[batch, 2, length]</c> to the logits of the next tokens
    /// <c>[batch, length, targetVocabularySize]</c>.
    /// </summary>
    /// <param name="sourceVocabularySize">The tokens of the vocabulary of the source.</param>
    /// <param name="targetVocabularySize">The tokens of the vocabulary of the target.</param>
    /// <param name="length">The most tokens of a text.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <param name="options">Its sizes.</param>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    public static Sequential Create(
        int sourceVocabularySize, int targetVocabularySize, int length, long seed, RecurrentTranslatorOptions? options = null)
    {
        options ??= new RecurrentTranslatorOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Layers);
        int units = options.Units;
        Chain encoder = new(
        [
            Table(sourceVocabularySize, options),
            .. Stack(options, () => new Bidirectional(new Lstm(units) { ReturnSequences = true })),
        ]);
        Chain decoder = new(
        [
            Table(targetVocabularySize, options),
            .. Stack(options, () => new Lstm(units) { ReturnSequences = true }),
            new Concatenated(new Chain(), Attention(options)),
            new Dense(units, ActivationKind.Tanh),
            new Dropout(options.Dropout),
            new Dense(targetVocabularySize),
        ]);
        return new Sequential([2, length], seed, new EncoderDecoder(encoder, decoder));
    }

    private static Layer Attention(RecurrentTranslatorOptions options) => options.IsAdditive
        ? new AdditiveAttention(options.Units) { CrossAttention = true, MemorySize = 2 * options.Units }
        : new MultiHeadAttention(1) { CrossAttention = true, MemorySize = 2 * options.Units };

    private static Embedding Table(int vocabularySize, RecurrentTranslatorOptions options) =>
        new(vocabularySize, options.EmbeddingSize, paddingIndex: TextPreprocessing.PaddingId);

    private static IEnumerable<Layer> Stack(RecurrentTranslatorOptions options, Func<Layer> create)
    {
        for (int layer = 0; layer < options.Layers; layer++)
        {
            yield return new Dropout(options.Dropout);
            yield return create();
        }
    }
}

/// <summary>The sizes of a <see cref="RecurrentTranslator"/>.</summary>
public sealed record RecurrentTranslatorOptions
{
    /// <summary>The length of a token's vector.</summary>
    public int EmbeddingSize { get; init; } = 256;

    /// <summary>The numbers of a state of the decoder, and of the encoder in each direction.</summary>
    public int Units { get; init; } = 256;

    /// <summary>How many recurrent layers stand one upon the other in each half.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Whether a state weighs those of the encoder by <see cref="AdditiveAttention"/> instead of a product; false by default.</summary>
    public bool IsAdditive { get; init; }

    /// <summary>The share of the numbers between layers that is dropped while training; from 0 to below 1.</summary>
    public double Dropout { get; init; } = 0.2;
}
