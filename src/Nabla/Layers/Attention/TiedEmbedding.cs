using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>
/// A network from tokens to tokens whose first and last layer are one table: <c>body(vectors of the tokens) . each vector</c>, from int32
/// <c>[batch, time]</c> to logits <c>[batch, time, vocabulary]</c> (Press and Wolf, Using the Output Embedding to Improve Language Models, 2017, arXiv
/// 1608.05859). Its parameters are <c>embedding.embeddings</c>, those of <c>body</c>, and with <see cref="UseBias"/> <c>bias</c>, one for each token.
/// </summary>
/// <example>
/// <code>
/// Sequential model = new([128], seed: 1, new TiedEmbedding(
///     new Embedding(5000, 256, paddingIndex: 0),
///     new Chain(new LearnedPositions(128), new TransformerBlock(4, 1024) { Causal = true }, new LayerNorm())));
/// </code>
/// </example>
public sealed class TiedEmbedding : Layer
{
    private readonly Layer body;
    private Parameter? bias;

    /// <summary>A network around one table.</summary>
    /// <param name="embedding">The table.</param>
    /// <param name="body">What is between, from <c>[batch, time, size]</c> to the same shape; a <see cref="Chain"/> for several layers.</param>
    public TiedEmbedding(Embedding embedding, Layer body)
    {
        Embedding = Register("embedding", embedding);
        this.body = Register("body", body);
    }

    /// <summary>Whether a bias is added to the logits; false by default.</summary>
    public bool UseBias { get; init; }

    /// <summary>The table.</summary>
    public Embedding Embedding { get; }

    /// <inheritdoc/>
    public override DataType InputType => DataType.Int32;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        Shape vectors = Embedding.OutputShape(input);
        Shape output = body.OutputShape(vectors);
        return output.Rank > 0 && output[-1] == vectors[-1]
            ? output.With(-1, Embedding.VocabularySize)
            : throw new ArgumentException($"{Label} expects a body that gives [batch, ..., {vectors[-1]}], as long as its vectors, but it gives {Batched(output)}.");
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => body.MultiplyAdds(Embedding.OutputShape(input)) + OwnMultiplyAdds(input);

    /// <summary>The logits.</summary>
    internal override long OwnMultiplyAdds(Shape input) => (long)body.OutputShape(Embedding.OutputShape(input)).ElementCount * Embedding.VocabularySize;

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["embedding"] = LayerCatalogue.Describe(Embedding),
        ["body"] = LayerCatalogue.Describe(body),
        ["useBias"] = UseBias ? true : null,
    };

    /// <inheritdoc/>
    internal override Tensor? LengthsOf(Tensor input) => Embedding.LengthsOf(input);

    /// <summary>The layer that was described.</summary>
    internal static TiedEmbedding Create(JsonAttributes json) =>
        new(json.Layer("embedding") as Embedding ?? throw json.Error("embedding", "an Embedding"), json.Layer("body") ?? throw json.Error("body", "a layer"))
        {
            UseBias = json.Flag("useBias", false),
        };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Tensor vectors = Embedding.Forward(input, context);
        Tensor output = body.Forward(vectors, context.WithLengths(LengthsOf(input)));
        Tensor logits = Embedding.Compare(output);
        return bias is null ? logits : logits + bias.Value;
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        Embedding.Build(input, key.Fold("embedding"));
        body.Build(Embedding.OutputShape(input), key.Fold("body"));
        bias = UseBias ? Register("bias", new Zeros(), [Embedding.VocabularySize], key) : null;
    }
}
