using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// A network from one sequence of tokens to another: from int32 <c>[batch, 2, length]</c>, the source in the first row and the target so far in the second,
/// both filled up with 0 at the right, to the logits of the next token <c>[batch, length, vocabulary]</c> (Sutskever et al., Sequence to Sequence Learning
/// with Neural Networks, 2014, arXiv 1409.3215; Vaswani et al., Attention Is All You Need, 2017, arXiv 1706.03762). The decoder finds the encoder's
/// outputs in <see cref="ForwardContext.Memory"/>. Where tokens come one by one, <see cref="Encode"/> once and <see cref="Decode"/> each.
/// </summary>
/// <example>
/// <code>
/// Sequential model = new([2, 32], seed: 1, new EncoderDecoder(
///     new Chain(new Embedding(8000, 256, paddingIndex: 0), new SinusoidalPositions(), new TransformerBlock(4, 1024), new LayerNorm()),
///     new Chain(
///         new Embedding(9000, 256, paddingIndex: 0), new SinusoidalPositions(),
///         new TransformerBlock(4, 1024) { Causal = true, CrossAttention = true }, new LayerNorm(), new Dense(9000))));
/// </code>
/// </example>
public sealed class EncoderDecoder : Layer
{
    private readonly Layer encoder;
    private readonly Layer decoder;
    private readonly Embedding? embedding;

    /// <summary>A network of two halves.</summary>
    /// <param name="encoder">From int32 <c>[batch, length]</c> to <c>[batch, length, features]</c>; a <see cref="Chain"/> for several layers.</param>
    /// <param name="decoder">
    /// From int32 <c>[batch, length]</c> to logits <c>[batch, length, vocabulary]</c>; with a <see cref="TiedEmbedding"/> its first and last layer are one.
    /// </param>
    public EncoderDecoder(Layer encoder, Layer decoder)
    {
        this.encoder = Register("encoder", encoder);
        this.decoder = Register("decoder", decoder);
    }

    /// <summary>A network of two halves with one table for the source, the target and the logits: both languages share a vocabulary.</summary>
    /// <param name="encoder">From vectors <c>[batch, length, size]</c> to <c>[batch, length, features]</c>.</param>
    /// <param name="decoder">From vectors <c>[batch, length, size]</c> to <c>[batch, length, size]</c>.</param>
    /// <param name="embedding">The table of vectors.</param>
    public EncoderDecoder(Layer encoder, Layer decoder, Embedding embedding)
    {
        this.embedding = Register("embedding", embedding);
        this.encoder = Register("encoder", encoder);
        this.decoder = Register("decoder", decoder);
    }

    /// <summary>The half that reads the source.</summary>
    public Layer Encoder => encoder;

    /// <summary>The half that writes the target.</summary>
    public Layer Decoder => decoder;

    /// <summary>The table that both halves and the logits share; null where each has its own.</summary>
    public Embedding? SharedEmbedding => embedding;

    /// <inheritdoc/>
    public override DataType InputType => DataType.Int32;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        Shape row = Row(input);
        encoder.OutputShape(Vectors(row));
        Shape output = decoder.OutputShape(Vectors(row));
        return embedding is null ? output : output.Rank == 2 && output[1] == Vectors(row)[1]
            ? output.With(-1, embedding.VocabularySize)
            : throw new ArgumentException($"{Label} expects a decoder that gives {Batched(Vectors(row))} but it gives {Batched(output)}.");
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input)
    {
        Shape row = Row(input);
        return encoder.MultiplyAdds(Vectors(row)) + decoder.MultiplyAdds(Vectors(row)) + OwnMultiplyAdds(input);
    }

    /// <summary>The logits, where the table is shared.</summary>
    internal override long OwnMultiplyAdds(Shape input) => embedding is null ? 0 : (long)Vectors(Row(input)).ElementCount * embedding.VocabularySize;

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["encoder"] = LayerCatalogue.Describe(encoder),
        ["decoder"] = LayerCatalogue.Describe(decoder),
        ["embedding"] = embedding is null ? null : LayerCatalogue.Describe(embedding),
    };

    /// <summary>What the encoder gives for sources.</summary>
    /// <param name="source">int32 tokens <c>[batch, length]</c>, filled up at the right.</param>
    /// <param name="context">How the pass is meant; as in use by default.</param>
    public SequenceMemory Encode(Tensor source, ForwardContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ForwardContext alone = (context ?? ForwardContext.Inference).WithMemory(null).WithState(null).WithLengths(null);
        Tensor? lengths = embedding?.LengthsOf(source) ?? encoder.LengthsOf(source);
        Tensor values = embedding is null
            ? encoder.Forward(source, alone)
            : encoder.Forward(embedding.Forward(source, alone), alone.WithLengths(lengths));
        return new SequenceMemory(values, values.Rank == 3 && values.Shape[1] == source.Shape[1] ? lengths : null);
    }

    /// <summary>The logits of the next tokens.</summary>
    /// <param name="target">
    /// int32 tokens <c>[batch, length]</c>, filled up at the right; with a <see cref="ForwardContext.State"/> only those that are new.
    /// </param>
    /// <param name="memory">What <see cref="Encode"/> gave for the same batch; with a state it is looked at in the first pass alone.</param>
    /// <param name="context">How the pass is meant; as in use by default.</param>
    /// <returns><c>[batch, length, vocabulary]</c></returns>
    public Tensor Decode(Tensor target, SequenceMemory memory, ForwardContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        ForwardContext looking = (context ?? ForwardContext.Inference).WithMemory(memory).WithLengths(null);
        return embedding is null
            ? decoder.Forward(target, looking)
            : embedding.Compare(decoder.Forward(embedding.Forward(target, looking), looking.WithLengths(embedding.LengthsOf(target))));
    }

    /// <summary>The layer that was described.</summary>
    internal static EncoderDecoder Create(JsonAttributes json)
    {
        Layer encoder = json.Layer("encoder") ?? throw json.Error("encoder", "a layer");
        Layer decoder = json.Layer("decoder") ?? throw json.Error("decoder", "a layer");
        return json.Layer("embedding") switch
        {
            null => new EncoderDecoder(encoder, decoder),
            Embedding embedding => new EncoderDecoder(encoder, decoder, embedding),
            _ => throw json.Error("embedding", "an Embedding"),
        };
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        if (input.Rank != 3 || input.Shape[1] != 2)
        {
            throw Unfit("int32 [batch, 2, length], sources and targets,", input);
        }

        SequenceMemory memory = Encode(input.Slice(1, 0, 1).Squeeze(1), context);
        return Decode(input.Slice(1, 1, 1).Squeeze(1), memory, context);
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        Shape row = Row(input);
        embedding?.Build(row, key.Fold("embedding"));
        encoder.Build(Vectors(row), key.Fold("encoder"));
        decoder.Build(Vectors(row), key.Fold("decoder"));
    }

    private Shape Row(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == 2 && input[0] == 2 ? [input[1]] : throw Unfit("[batch, 2, length], sources and targets,", input);
    }

    private Shape Vectors(Shape row) => embedding?.OutputShape(row) ?? row;
}
