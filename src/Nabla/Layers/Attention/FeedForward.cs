using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>
/// Two products with an activation between, each step of <c>[batch, time, features]</c> alone: <c>activation(x up) down</c>. When
/// <see cref="Gated"/>, <c>(activation(x gate) * (x up)) down</c>: with <see cref="ActivationKind.Silu"/> that is SwiGLU (Shazeer, GLU Variants Improve
/// Transformer, 2020, arXiv 2002.05202). Its parameters are <c>up</c>, <c>gate</c> and <c>down</c>, each with a <c>kernel</c> and a <c>bias</c>.
/// </summary>
/// <example><code>FeedForward swiGlu = new(688, ActivationKind.Silu) { Gated = true, UseBias = false };</code></example>
public sealed class FeedForward : Layer
{
    private static readonly Initializer UsualKernel = new GlorotUniform();

    private readonly int hidden;
    private readonly ActivationKind activation;
    private Dense? up;
    private Dense? gate;
    private Dense? down;
    private Dropout? dropout;
    private Bottleneck? adapter;

    /// <summary>Two products.</summary>
    /// <param name="hidden">The numbers between them.</param>
    /// <param name="activation">What is applied to these.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is not one number at least.</exception>
    public FeedForward(int hidden, ActivationKind activation = ActivationKind.Gelu)
    {
        this.hidden = Limits.AtLeast(1, hidden);
        this.activation = activation;
    }

    /// <summary>Whether the activation is that of a third product, with which the first is multiplied; false by default.</summary>
    public bool Gated { get; init; }

    /// <summary>The share of the output that is dropped while training, from 0 up to, not including, 1; 0 by default.</summary>
    public double Dropout
    {
        get;
        init => field = Limits.BelowOne(value, nameof(Dropout));
    }

    /// <summary>Whether the products have a bias; true by default.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The first values of the kernels; <see cref="GlorotUniform"/> by default.</summary>
    public Initializer KernelInitializer { get; init; } = UsualKernel;

    /// <summary>
    /// The numbers between the two products of a bottleneck adapter behind the output, see <see cref="MultiHeadAttention.AdapterSize"/>; 0 for none, as is
    /// usual.
    /// </summary>
    public int AdapterSize
    {
        get;
        init => field = Limits.AtLeast(0, value, nameof(AdapterSize));
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank > 0 && (InputShape is null || input[-1] == InputShape[-1])
            ? input
            : throw Unfit($"[batch, ..., {InputShape?[-1].ToString() ?? "features"}]", input);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)OutputShape(input).ElementCount * ((hidden * (Gated ? 3L : 2)) + (2L * AdapterSize));

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["hidden"] = hidden,
        ["activation"] = activation.ToString(),
        ["gated"] = Gated ? true : null,
        ["dropout"] = Dropout > 0 ? Dropout : null,
        ["useBias"] = UseBias ? null : false,
        ["adapterSize"] = AdapterSize > 0 ? AdapterSize : null,
        ["kernelInitializer"] = KernelInitializer == UsualKernel ? null : InitializerCatalogue.Describe(KernelInitializer),
    };

    /// <summary>The layer that was described.</summary>
    internal static FeedForward Create(JsonAttributes json) => new(json.Integer("hidden"), json.Activation())
    {
        Gated = json.Flag("gated", false),
        Dropout = json.Number("dropout", 0),
        UseBias = json.Flag("useBias", true),
        AdapterSize = json.Integer("adapterSize", 0, least: 0),
        KernelInitializer = json.Initializer("kernelInitializer", UsualKernel),
    };

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        up = Register("up", Product(hidden, Gated ? ActivationKind.Linear : activation), input, key);
        gate = Gated ? Register("gate", Product(hidden, activation), input, key) : null;
        down = Register("down", Product(input[-1], ActivationKind.Linear), input.With(-1, hidden), key);
        dropout = Dropout > 0 ? Register("dropout", new Dropout(Dropout), input, key) : null;
        adapter = AdapterSize > 0 ? Register("adapter", new Bottleneck(AdapterSize), input, key) : null;
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        Tensor inner = Built(up).Forward(input, context);
        Tensor result = Built(down).Forward(gate is null ? inner : gate.Forward(input, context) * inner, context);
        Tensor kept = dropout is null ? result : dropout.Forward(result, context);
        return adapter is null ? kept : adapter.Forward(kept, context);
    }

    private Dense Product(int units, ActivationKind function) => new(units, function) { UseBias = UseBias, KernelInitializer = KernelInitializer };
}
