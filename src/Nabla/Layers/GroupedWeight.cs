using Nabla.Ops.Products;

namespace Nabla.Layers;

/// <summary>A weight in few bits, in groups of inputs with a scale each: the bytes and the scales as parameters of a layer.</summary>
internal sealed class GroupedWeight
{
    /// <summary>What stands behind the name of the weight for its bytes.</summary>
    public const string PackedSuffix = "_packed";

    /// <summary>What stands behind the name of the weight for its scales.</summary>
    public const string ScaleSuffix = "_scale";

    private readonly GroupedFormat format;
    private readonly Parameter packed;
    private readonly Parameter scales;

    /// <summary>A weight.</summary>
    /// <param name="format">How it is held.</param>
    /// <param name="packed">Its bytes.</param>
    /// <param name="scales">Its scales.</param>
    public GroupedWeight(GroupedFormat format, Parameter packed, Parameter scales) => (this.format, this.packed, this.scales) = (format, packed, scales);

    /// <summary>The inputs.</summary>
    public int Inputs => format.Inputs;

    /// <summary>Rows <c>[..., inputs]</c> times the weight: <c>[..., outputs]</c>.</summary>
    public Tensor Multiply(Tensor rows)
    {
        Tensor flat = new GroupedProduct(format).ApplyOne(rows.Reshape(-1, format.Inputs), packed.Value, scales.Value);
        return rows.Rank == 2 ? flat : flat.Reshape(rows.Shape.With(-1, flat.Shape[1]).AsSpan());
    }

    /// <summary>The columns of the weight that indices name, <c>[..., inputs]</c>.</summary>
    public Tensor Columns(Tensor indices) => new GroupedColumns(format).ApplyOne(indices, packed.Value, scales.Value);
}

/// <summary>How the weights of products in a layer are held in few bits.</summary>
/// <param name="Bits">4 or 8.</param>
/// <param name="Group">The inputs that share a scale, an even number.</param>
internal sealed record WeightGrouping(int Bits, int Group)
{
    /// <summary>The format of a weight of so many inputs.</summary>
    public GroupedFormat For(int inputs) => new(Bits, Group, inputs);
}
