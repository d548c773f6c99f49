using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>
/// A block of a Transformer encoder, normalised behind its sums: attention of all tokens to all, then two dense layers with GELU between
/// them (Vaswani et al., Attention Is All You Need, 2017), with dropout where libtorch's encoder layer has it, the hidden numbers included.
/// </summary>
internal sealed class EncoderBlock : Layer
{
    private readonly int heads;
    private readonly Dense query;
    private readonly Dense key;
    private readonly Dense value;
    private readonly Dense output;
    private readonly Dense expand;
    private readonly Dense contract;
    private readonly LayerNorm attentionNorm;
    private readonly LayerNorm feedForwardNorm;
    private readonly Dropout[] dropouts;

    public EncoderBlock(int size, int heads, int feedForward, double dropout)
    {
        this.heads = heads;
        query = Register("query", new Dense(size));
        key = Register("key", new Dense(size));
        value = Register("value", new Dense(size));
        output = Register("output", new Dense(size));
        expand = Register("expand", new Dense(feedForward, ActivationKind.Gelu));
        contract = Register("contract", new Dense(size));
        attentionNorm = Register("attentionNorm", new LayerNorm());
        feedForwardNorm = Register("feedForwardNorm", new LayerNorm());
        dropouts = [.. Enumerable.Range(0, 3).Select(index => Register($"dropout{index}", new Dropout(dropout)))];
    }

    public override Shape OutputShape(Shape input) => input;

    public override JsonObject Describe() => [];

    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        Tensor attended = Attend(query.Forward(input, context), key.Forward(input, context), value.Forward(input, context));
        Tensor x = attentionNorm.Forward(input + dropouts[0].Forward(output.Forward(attended, context), context), context);
        Tensor hidden = dropouts[1].Forward(expand.Forward(x, context), context);
        return feedForwardNorm.Forward(x + dropouts[2].Forward(contract.Forward(hidden, context), context), context);
    }

    protected override void CreateParameters(Shape input, RandomKey key)
    {
        Shape hidden = expand.OutputShape(input);
        Layer[] layers = [query, this.key, value, output, expand, attentionNorm, feedForwardNorm, dropouts[0], dropouts[2]];
        for (int index = 0; index < layers.Length; index++)
        {
            layers[index].Build(input, key.Fold(index));
        }

        contract.Build(hidden, key.Fold("contract"));
        dropouts[1].Build(hidden, key.Fold("dropout"));
    }

    private Tensor Attend(Tensor queries, Tensor keys, Tensor values) => ByHead(queries).Attend(ByHead(keys), ByHead(values)).Reshape(queries.Shape.AsSpan());

    // [batch, time, size] to [batch, time, heads, size / heads].
    private Tensor ByHead(Tensor x) => x.Reshape(x.Shape[0], x.Shape[1], heads, -1);
}
