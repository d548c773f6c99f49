namespace Nabla.Ops.Products;

/// <summary>
/// How weights <c>[inputs, outputs]</c> are held in few bits: as integers from 0 on, uint8 <c>[packed rows, outputs]</c>, of which <c>2^(Bits - 1)</c> stands
/// for zero, and for each output and group of inputs one to the next a float32 scale, <c>[groups, outputs]</c>. Of 4 bits two inputs share a byte, the first in
/// its lower half.
/// </summary>
/// <param name="Bits">4 or 8.</param>
/// <param name="Group">The inputs of a group, an even number; the last group may have fewer.</param>
/// <param name="Inputs">The inputs.</param>
internal sealed record GroupedFormat(int Bits, int Group, int Inputs)
{
    /// <summary>The most inputs of a group.</summary>
    public const int LargestGroup = 1024;

    /// <summary>The groups of inputs.</summary>
    public int Groups => (Inputs + Group - 1) / Group;

    /// <summary>The rows of bytes.</summary>
    public int PackedRows => Bits == 4 ? (Inputs + 1) / 2 : Inputs;

    /// <summary>The integer that stands for zero.</summary>
    public int Zero => 1 << (Bits - 1);

    /// <summary>The types of bytes and scales.</summary>
    public (TensorType Packed, TensorType Scales) TypesFor(int outputs) =>
        (new TensorType(DataType.UInt8, [PackedRows, outputs]), new TensorType(DataType.Float32, [Groups, outputs]));

    /// <summary>Whether bytes and scales are of this format.</summary>
    public bool Holds(TensorType packed, TensorType scales) => packed.Shape.Rank == 2 && TypesFor(packed.Shape[1]) == (packed, scales);
}
