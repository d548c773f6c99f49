using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>A weight of which only a part counts: the rest is zero, and no gradient reaches it.</summary>
internal class PruningMask : Parametrization
{
    /// <summary>What stands behind the name of the weight for the mask: one where it counts, else zero.</summary>
    public const string MaskSuffix = "mask";

    private Parameter? weight;
    private Parameter? mask;

    /// <summary>The weight.</summary>
    public Parameter Weight => weight!;

    /// <summary>What says how much each element counts.</summary>
    public virtual Tensor Scores => Weight.Original.Abs();

    /// <summary>The elements that count.</summary>
    protected Tensor Mask => mask!.Value;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor original)
    {
        ArgumentNullException.ThrowIfNull(original);
        return original * Mask;
    }

    /// <summary>Says which elements count from now on.</summary>
    public void Keep(Tensor kept) => mask!.Value = kept;

    /// <summary>How many elements count.</summary>
    public int KeptCount => (int)Mask.Sum().ToDouble();

    /// <inheritdoc/>
    protected internal override void Attach(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        weight = parameter;
        mask = Register(parameter, MaskSuffix, Tensor.Ones(parameter.Type.Shape, parameter.Type.DataType), trainable: false);
    }
}
