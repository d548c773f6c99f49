using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>
/// A layer that gives numbers mean 0 and variance 1, then scales and shifts each channel, the last axis, by the parameters <c>scale</c> and
/// <c>bias</c>.
/// </summary>
public abstract class NormalizationLayer : Layer
{
    private Parameter? scale;
    private Parameter? bias;
    private bool useScale = true;
    private bool useBias;
    private Initializer scaleInitializer = new Ones();

    private protected NormalizationLayer(double epsilon, bool useBias = true)
    {
        Epsilon = double.IsFinite(epsilon) && epsilon > 0
            ? epsilon
            : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "A normalisation expects a finite epsilon above 0.");
        this.useBias = useBias;
    }

    /// <summary>What is added to variances so that none is zero.</summary>
    public double Epsilon { get; }

    /// <summary>Whether channels are scaled.</summary>
    public bool UseScale
    {
        get => useScale;
        init => useScale = value;
    }

    /// <summary>Whether channels are shifted.</summary>
    public bool UseBias
    {
        get => useBias;
        init => useBias = value;
    }

    /// <summary>The first scales; ones by default. Zeros let a residual block begin as its shortcut.</summary>
    public Initializer ScaleInitializer
    {
        get => scaleInitializer;
        init => scaleInitializer = value ?? throw new ArgumentNullException(nameof(ScaleInitializer));
    }

    /// <summary>The scale of each channel; null for none.</summary>
    protected Tensor? Scale => UseScale ? Built(scale).Value : null;

    /// <summary>The shift of each channel; null for none.</summary>
    protected Tensor? Bias => UseBias ? Built(bias).Value : null;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank > 0 && (InputShape is null || input[-1] == InputShape[-1])
            ? input
            : throw Unfit($"[batch, ..., {InputShape?[-1].ToString() ?? "channels"}]", input);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.ElementCount;
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        scale = UseScale ? Register("scale", ScaleInitializer, [input[-1]], key) : null;
        bias = UseBias ? Register("bias", new Zeros(), [input[-1]], key) : null;
    }

    /// <summary>The scale of each channel, ones if there is none.</summary>
    private protected Tensor ScaleOf(Tensor input) => Scale ?? Tensor.Ones([input.Shape[-1]], input.DataType);

    /// <summary>The shift of each channel, zeros if there is none.</summary>
    private protected Tensor BiasOf(Tensor input) => Bias ?? Tensor.Zeros([input.Shape[-1]], input.DataType);

    /// <summary>The error unless the last axis is that which the layer was built for.</summary>
    private protected void Require(Tensor input)
    {
        if (InputShape is { } shape && (input.Rank < 2 || input.Shape[-1] != shape[-1]))
        {
            throw Unfit($"[batch, ..., {shape[-1]}]", input);
        }
    }

    internal override JsonObject DescribeOptions()
    {
        JsonObject description = base.DescribeOptions();
        description["epsilon"] = Epsilon;
        description["useScale"] = useScale;
        description["useBias"] = useBias;
        description["scaleInitializer"] = ScaleInitializer == new Ones() ? null : InitializerCatalogue.Describe(ScaleInitializer);
        return description;
    }

    internal override void Restore(JsonAttributes attributes)
    {
        base.Restore(attributes);
        useScale = attributes.Flag("useScale", useScale);
        useBias = attributes.Flag("useBias", useBias);
        scaleInitializer = attributes.Initializer("scaleInitializer", scaleInitializer);
    }
}
