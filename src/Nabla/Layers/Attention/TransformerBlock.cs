using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>
/// A block of a Transformer, from <c>[batch, time, features]</c> to the same shape: attention, in a decoder attention to a memory, and two products for
/// each step, each of them added to its input (Vaswani et al., Attention Is All You Need, 2017, arXiv 1706.03762). It normalises what goes into each part
/// (pre-norm: Xiong et al., On Layer Normalization in the Transformer Architecture, 2020, arXiv 2002.04745), or with <see cref="NormFirst"/> off the sums.
/// The parts are <c>attention</c>, <c>crossAttention</c>, <c>feedForward</c> and their <c>attentionNorm</c>, <c>crossNorm</c>, <c>feedForwardNorm</c>.
/// </summary>
/// <example>
/// <code>
/// TransformerBlock encoder = new(heads: 4, hidden: 1024) { Dropout = 0.1 };
/// TransformerBlock decoder = new(heads: 4, hidden: 1024) { Causal = true, CrossAttention = true, Dropout = 0.1 };
/// TransformerBlock llama = new(heads: 8, hidden: 688)
/// {
///     Causal = true, KeyValueHeads = 2, Positions = AttentionPositions.Rotary, Norm = TransformerNorm.RmsNorm,
///     Activation = ActivationKind.Silu, Gated = true, UseBias = false,
/// };
/// </code>
/// </example>
public sealed class TransformerBlock : Layer
{
    private static readonly Initializer UsualKernel = new GlorotUniform();

    private readonly int heads;
    private readonly int hidden;
    private readonly List<Part> parts = [];

    /// <summary>A block.</summary>
    /// <param name="heads">The heads of its attention, 1 or more.</param>
    /// <param name="hidden">The numbers between the two products, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not positive.</exception>
    public TransformerBlock(int heads, int hidden) => (this.heads, this.hidden) = (Limits.AtLeast(1, heads), Limits.AtLeast(1, hidden));

    /// <summary>Whether a step sees itself and earlier ones alone, as in a decoder; false by default.</summary>
    public bool Causal { get; init; }

    /// <summary>Whether a second attention looks at <see cref="ForwardContext.Memory"/>; false by default.</summary>
    public bool CrossAttention { get; init; }

    /// <summary>The features of the memory; those of the input by default.</summary>
    public int? MemorySize { get; init; }

    /// <summary>How many heads keys and values have; as many as queries by default.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>How the attention of the block to itself knows the order of steps; not at all by default.</summary>
    public AttentionPositions Positions { get; init; }

    /// <summary>The base of the angles of rotary positions.</summary>
    public double RotaryTheta { get; init; } = RotaryOps.UsualTheta;

    /// <summary>How rotary positions reach beyond the length of the first training; null for not at all.</summary>
    public RotaryScaling? RotaryScaling { get; init; }

    /// <summary>The numbers of a head; the features divided by the heads by default.</summary>
    public int? HeadSize { get; init; }

    /// <summary>How it normalises.</summary>
    public TransformerNorm Norm { get; init; }

    /// <summary>What normalisations add to the variance, above 0; what is usual for their kind by default.</summary>
    public double? NormEpsilon { get; init; }

    /// <summary>Whether what goes into a part is normalised, else what comes out of the sum; true by default.</summary>
    public bool NormFirst { get; init; } = true;

    /// <summary>What is applied between the two products; <see cref="ActivationKind.Gelu"/> by default.</summary>
    public ActivationKind Activation { get; init; } = ActivationKind.Gelu;

    /// <summary>Whether a third product gates, see <see cref="FeedForward.Gated"/>; false by default.</summary>
    public bool Gated { get; init; }

    /// <summary>The share of each part's output that is dropped while training, from 0 up to, not including, 1; 0 by default.</summary>
    public double Dropout
    {
        get;
        init => field = Limits.BelowOne(value, nameof(Dropout));
    }

    /// <summary>Whether the products have a bias; true by default.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>Whether the products for queries, keys and values have a bias; as <see cref="UseBias"/> says by default.</summary>
    public bool? UseAttentionBias { get; init; }

    /// <summary>Whether the product behind the heads has a bias; as <see cref="UseAttentionBias"/> says by default.</summary>
    public bool? UseAttentionOutputBias { get; init; }

    /// <summary>How many learnt keys and values its attention to itself sees before those of each sequence, see <see cref="MultiHeadAttention.PrefixLength"/>.</summary>
    public int PrefixLength { get; init; }

    /// <summary>The size of the bottleneck adapters behind its parts, see <see cref="MultiHeadAttention.AdapterSize"/>; 0 for none, as is usual.</summary>
    public int AdapterSize { get; init; }

    /// <summary>The first values of the kernels; <see cref="GlorotUniform"/> by default.</summary>
    public Initializer KernelInitializer { get; init; } = UsualKernel;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return InputShape is null || (input.Rank == 2 && input[1] == InputShape[1])
            ? Attention(cross: false).OutputShape(input)
            : throw Unfit($"[batch, time, {InputShape[1]}]", input);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => Layers().Sum(part => part.Layer.MultiplyAdds(input) + NewNorm().MultiplyAdds(input));

    /// <inheritdoc/>
    public override JsonObject Describe() => new JsonObject
    {
        ["heads"] = heads,
        ["hidden"] = hidden,
        ["causal"] = Causal ? true : null,
        ["crossAttention"] = CrossAttention ? true : null,
        ["memorySize"] = MemorySize,
        ["keyValueHeads"] = KeyValueHeads,
        ["positions"] = Positions == AttentionPositions.None ? null : Positions.ToString(),
        ["rotaryTheta"] = RotaryTheta == RotaryOps.UsualTheta ? null : RotaryTheta,
        ["headSize"] = HeadSize,
        ["norm"] = Norm == TransformerNorm.LayerNorm ? null : Norm.ToString(),
        ["normEpsilon"] = NormEpsilon,
        ["normFirst"] = NormFirst ? null : false,
        ["activation"] = Activation.ToString(),
        ["gated"] = Gated ? true : null,
        ["dropout"] = Dropout > 0 ? Dropout : null,
        ["useBias"] = UseBias ? null : false,
        ["useAttentionBias"] = UseAttentionBias,
        ["useAttentionOutputBias"] = UseAttentionOutputBias,
        ["prefixLength"] = PrefixLength > 0 ? PrefixLength : null,
        ["adapterSize"] = AdapterSize > 0 ? AdapterSize : null,
        ["kernelInitializer"] = KernelInitializer == UsualKernel ? null : InitializerCatalogue.Describe(KernelInitializer),
    }.With(RotaryScaling);

    /// <summary>The layer that was described.</summary>
    internal static TransformerBlock Create(JsonAttributes json) => new(json.Integer("heads"), json.Integer("hidden"))
    {
        Causal = json.Flag("causal", false),
        CrossAttention = json.Flag("crossAttention", false),
        MemorySize = json.OptionalInteger("memorySize"),
        KeyValueHeads = json.OptionalInteger("keyValueHeads"),
        Positions = json.Choice<AttentionPositions>("positions", AttentionPositions.None),
        RotaryTheta = json.Number("rotaryTheta", RotaryOps.UsualTheta),
        RotaryScaling = RotaryScalingJson.Read(json),
        HeadSize = json.OptionalInteger("headSize"),
        Norm = json.Choice<TransformerNorm>("norm", TransformerNorm.LayerNorm),
        NormEpsilon = json.OptionalNumber("normEpsilon"),
        NormFirst = json.Flag("normFirst", true),
        Activation = json.Activation(),
        Gated = json.Flag("gated", false),
        Dropout = json.Number("dropout", 0),
        UseBias = json.Flag("useBias", true),
        UseAttentionBias = json.OptionalFlag("useAttentionBias"),
        UseAttentionOutputBias = json.OptionalFlag("useAttentionOutputBias"),
        PrefixLength = json.Integer("prefixLength", 0, least: 0),
        AdapterSize = json.Integer("adapterSize", 0, least: 0),
        KernelInitializer = json.Initializer("kernelInitializer", UsualKernel),
    };

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        foreach ((string name, Layer layer) in Layers())
        {
            string norm = name == "crossAttention" ? "crossNorm" : $"{name}Norm";
            parts.Add(new Part(Register(name, layer, input, key), Register(norm, NewNorm(), input, key)));
        }
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        Built(InputShape);
        return parts.Aggregate(input, (x, part) => NormFirst
            ? x + part.Layer.Forward(part.Norm.Forward(x, context), context)
            : part.Norm.Forward(x + part.Layer.Forward(x, context), context));
    }

    private IEnumerable<(string Name, Layer Layer)> Layers()
    {
        yield return ("attention", Attention(cross: false));
        if (CrossAttention)
        {
            yield return ("crossAttention", Attention(cross: true));
        }

        yield return ("feedForward", new FeedForward(hidden, Activation)
        {
            Gated = Gated,
            Dropout = Dropout,
            UseBias = UseBias,
            AdapterSize = AdapterSize,
            KernelInitializer = KernelInitializer,
        });
    }

    private MultiHeadAttention Attention(bool cross) => new(heads)
    {
        Causal = Causal && !cross,
        CrossAttention = cross,
        MemorySize = cross ? MemorySize : null,
        KeyValueHeads = KeyValueHeads,
        Positions = cross ? AttentionPositions.None : Positions,
        RotaryTheta = RotaryTheta,
        RotaryScaling = cross ? null : RotaryScaling,
        HeadSize = HeadSize,
        Dropout = Dropout,
        UseBias = UseAttentionBias ?? UseBias,
        UseOutputBias = UseAttentionOutputBias,
        PrefixLength = cross ? 0 : PrefixLength,
        AdapterSize = AdapterSize,
        KernelInitializer = KernelInitializer,
    };

    private Layer NewNorm() => (Norm, NormEpsilon) switch
    {
        (TransformerNorm.RmsNorm, { } epsilon) => new RmsNorm(epsilon),
        (TransformerNorm.RmsNorm, _) => new RmsNorm(),
        (_, { } epsilon) => new LayerNorm(epsilon),
        _ => new LayerNorm(),
    };

    private readonly record struct Part(Layer Layer, Layer Norm);
}
