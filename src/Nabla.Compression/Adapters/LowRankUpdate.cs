using Nabla.Layers;
using Nabla.Layers.Initializers;

namespace Nabla.Compression;

/// <summary>
/// A weight plus the product of two learnt matrices of low rank (LoRA; Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, 2021,
/// arXiv 2106.09685). A weight of more than two axes counts as the matrix of its last axis. The second matrix begins as zeros, so the weight begins as it is.
/// </summary>
/// <param name="options">Rank, scale, and whether column lengths are learnt.</param>
/// <param name="key">Where the first values come from.</param>
internal sealed class LowRankUpdate(LoraOptions options, RandomKey key) : Parametrization
{
    /// <summary>What stands behind the name of the weight for the first matrix, <c>[inputs, rank]</c>.</summary>
    public const string DownSuffix = "lora_down";

    /// <summary>What stands behind the name of the weight for the second matrix, <c>[rank, outputs]</c>.</summary>
    public const string UpSuffix = "lora_up";

    /// <summary>What stands behind the name of the weight for the lengths of its columns, <c>[outputs]</c>.</summary>
    public const string MagnitudeSuffix = "lora_magnitude";

    // As torch.nn.Linear is initialised, which the method's authors take for the first matrix.
    private static readonly VarianceScaling Initial = new(1.0 / 3, FanMode.Inputs, WeightDistribution.Uniform);

    private Parameter? down;
    private Parameter? up;
    private Parameter? magnitude;
    private (Tensor Down, Tensor Up)? taken;

    /// <summary>How it was made.</summary>
    public LoraOptions Options => options;

    /// <summary>
    /// The two matrices whose product, times the scale, is added to the weight. Where the update began as a part of the weight that part is in them, negative:
    /// their rank is then twice that of the options.
    /// </summary>
    public (Tensor Down, Tensor Up) Matrices => taken is { } part
        ? (ShapeOps.Concatenate(1, down!.Value, part.Down), ShapeOps.Concatenate(0, up!.Value, -part.Up))
        : (down!.Value, up!.Value);

    /// <inheritdoc/>
    public override Tensor Apply(Tensor original)
    {
        ArgumentNullException.ThrowIfNull(original);
        Tensor product = down!.Value.MatMul(up!.Value);
        product = taken is { } part ? product - part.Down.MatMul(part.Up) : product;
        Tensor weight = original + (product * options.Scale).Reshape(original.Shape.AsSpan());
        return magnitude is null ? weight : weight * (magnitude.Value / Lengths(weight));
    }

    /// <inheritdoc/>
    protected internal override void Attach(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        Shape shape = parameter.Type.Shape;
        int outputs = shape[-1];
        int inputs = shape.ElementCount / outputs;
        DataType type = parameter.Type.DataType;
        taken = options.BeginsAsPrincipal ? PrincipalPart(parameter.Original) : null;
        down = Register(parameter, DownSuffix, taken?.Down ?? Initial.Create([inputs, options.Rank], key).To(type));
        up = Register(parameter, UpSuffix, taken?.Up ?? Tensor.Zeros([options.Rank, outputs], type));
        magnitude = options.DecomposesWeights ? Register(parameter, MagnitudeSuffix, Lengths(parameter.Original)) : null;
        foreach (Parameter learnt in Parameters.Values)
        {
            learnt.Trainable = true;
        }
    }

    // The largest singular values, shared out to both matrices alike.
    private (Tensor Down, Tensor Up) PrincipalPart(Tensor weight)
    {
        (Tensor first, Tensor second) = WeightDecomposition.Of(weight).Factors(options.Rank);
        double root = Math.Sqrt(options.Scale);
        return ((first / root).To(weight.DataType), (second / root).To(weight.DataType));
    }

    // The Euclidean length of each column.
    private static Tensor Lengths(Tensor weight)
    {
        Tensor matrix = weight.Reshape(-1, weight.Shape[-1]);
        return (matrix * matrix).Sum([0]).Sqrt();
    }
}
