using Nabla.Data;
using Nabla.Layers;
using Nabla.Layers.Initializers;

namespace Nabla.Text;

/// <summary>Ready Transformers (Vaswani et al., Attention Is All You Need, 2017, arXiv 1706.03762). Token 0 fills up: it is seen by no step.</summary>
public static class TransformerNetworks
{
    /// <summary>Creates an encoder that sees a text in both directions, from int32 <c>[batch, length]</c> to <c>[batch, length, size]</c>.</summary>
    /// <param name="vocabularySize">The tokens of the vocabulary.</param>
    /// <param name="length">The most tokens of a text.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <param name="options">Its sizes and its kind; <see cref="TransformerOptions.Bert"/> by default.</param>
    /// <param name="head">Layers behind it, such as <c>new Dense(2)</c> for the logits of where an answer begins and ends.</param>
    /// <exception cref="ArgumentException">Sizes do not fit together; the message names them.</exception>
    public static Sequential Bert(int vocabularySize, int length, long seed, TransformerOptions? options = null, params Layer[] head)
    {
        options ??= TransformerOptions.Bert;
        return new Sequential([length], seed, [Table(vocabularySize, options), .. Blocks(length, options, causal: false, cross: false), .. head]);
    }

    /// <summary>
    /// Creates a language model, from int32 <c>[batch, length]</c> to the logits of the next tokens <c>[batch, length, vocabularySize]</c>: at each step a token
    /// sees itself and those before it.
    /// </summary>
    /// <param name="vocabularySize">The tokens of the vocabulary.</param>
    /// <param name="length">The most tokens of a text.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <param name="options">Its sizes and its kind; <see cref="TransformerOptions.Gpt"/> by default.</param>
    /// <exception cref="ArgumentException">Sizes do not fit together; the message names them.</exception>
    public static Sequential Gpt(int vocabularySize, int length, long seed, TransformerOptions? options = null)
    {
        options ??= TransformerOptions.Gpt;
        return new Sequential([length], seed, Decoder(vocabularySize, length, options, cross: false));
    }

    /// <summary>Creates a language model like <see cref="Gpt"/> with rotary positions, RMS norm and SwiGLU.</summary>
    /// <param name="vocabularySize">The tokens of the vocabulary.</param>
    /// <param name="length">The most tokens of a text.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <param name="options">Its sizes and its kind; <see cref="TransformerOptions.Llama"/> by default.</param>
    /// <exception cref="ArgumentException">Sizes do not fit together; the message names them.</exception>
    public static Sequential Llama(int vocabularySize, int length, long seed, TransformerOptions? options = null) =>
        Gpt(vocabularySize, length, seed, options ?? TransformerOptions.Llama);

    /// <summary>
    /// Creates a network that writes a text from another, see <see cref="Layers.EncoderDecoder"/>: from int32 <c>[batch, 2, length]</c> to the logits of the next
    /// tokens <c>[batch, length, targetVocabularySize]</c>.
    /// </summary>
    /// <param name="sourceVocabularySize">The tokens of the vocabulary of the source.</param>
    /// <param name="targetVocabularySize">The tokens of the vocabulary of the target.</param>
    /// <param name="length">The most tokens of a text.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <param name="options">Its sizes and its kind; <see cref="TransformerOptions.Translator"/> by default.</param>
    /// <exception cref="ArgumentException">Sizes do not fit together; the message names them.</exception>
    public static Sequential EncoderDecoder(
        int sourceVocabularySize, int targetVocabularySize, int length, long seed, TransformerOptions? options = null)
    {
        options ??= TransformerOptions.Translator;
        return new Sequential([2, length], seed, options.SharesVocabulary
            ? Shared(sourceVocabularySize, targetVocabularySize, length, options)
            : new EncoderDecoder(
                new Chain([Table(sourceVocabularySize, options), .. Blocks(length, options, causal: false, cross: false)]),
                new Chain(Decoder(targetVocabularySize, length, options, cross: true))));
    }

    private static EncoderDecoder Shared(int source, int target, int length, TransformerOptions options) => source == target
        ? new EncoderDecoder(
            new Chain(Blocks(length, options, causal: false, cross: false)),
            new Chain(Blocks(length, options, causal: true, cross: true)),
            Table(source, options))
        : throw new ArgumentException($"A shared vocabulary has one size, but the source has {source} tokens and the target {target}.");

    private static Layer[] Decoder(int vocabularySize, int length, TransformerOptions options, bool cross)
    {
        Layer[] blocks = Blocks(length, options, causal: true, cross);
        return options.TiesOutput
            ? [new TiedEmbedding(Table(vocabularySize, options), new Chain(blocks))]
            : [Table(vocabularySize, options), .. blocks, new Dense(vocabularySize) { UseBias = options.UseBias }];
    }

    // Sines have a variance of 1/2: the vectors of tokens are scaled to 1 beside them.
    private static Embedding Table(int vocabularySize, TransformerOptions options) => new(vocabularySize, options.Size, TextPreprocessing.PaddingId)
    {
        EmbeddingsInitializer = new RandomNormal(Deviation: options.Positions == TransformerPositions.Sinusoidal ? 1 / Math.Sqrt(options.Size) : 0.02),
    };

    private static Layer[] Blocks(int length, TransformerOptions options, bool causal, bool cross)
    {
        List<Layer> layers = [];
        layers.AddRange(options.Positions switch
        {
            TransformerPositions.Learned => [new LearnedPositions(length)],
            TransformerPositions.Sinusoidal => [new SinusoidalPositions { ScalesInput = true }],
            _ => Array.Empty<Layer>(),
        });
        if (!options.NormFirst)
        {
            layers.Add(Norm(options));
        }

        layers.Add(new Dropout(options.Dropout));
        layers.AddRange(Enumerable.Range(0, options.Layers).Select(_ => Block(options, causal, cross)));
        if (options.NormFirst)
        {
            layers.Add(Norm(options));
        }

        return [.. layers];
    }

    private static TransformerBlock Block(TransformerOptions options, bool causal, bool cross) => new(options.Heads, options.Hidden ?? UsualHidden(options))
    {
        Causal = causal,
        CrossAttention = cross,
        KeyValueHeads = options.KeyValueHeads,
        Positions = options.Positions switch
        {
            TransformerPositions.Rotary => AttentionPositions.Rotary,
            TransformerPositions.Alibi => AttentionPositions.Alibi,
            _ => AttentionPositions.None,
        },
        Norm = options.Norm,
        NormFirst = options.NormFirst,
        Activation = options.Activation,
        Gated = options.Gated,
        Dropout = options.Dropout,
        UseBias = options.UseBias,
    };

    private static int UsualHidden(TransformerOptions options) => options.Gated ? ((options.Size * 8 / 3) + 15) / 16 * 16 : 4 * options.Size;

    private static Layer Norm(TransformerOptions options) => options.Norm == TransformerNorm.RmsNorm ? new RmsNorm() : new LayerNorm();
}
