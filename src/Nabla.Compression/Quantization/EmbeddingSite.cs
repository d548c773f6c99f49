using Nabla.Graphs;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Indexing;
using Nabla.Ops.Shapes;

namespace Nabla.Compression;

/// <summary>Rows that are looked up in a table for products alone, so that the table can be bytes, each row with a scale of its own.</summary>
/// <param name="Index">The number of the node that gives the rows.</param>
/// <param name="Name">The dotted name of the table.</param>
/// <param name="Table">The table <c>[rows, size]</c>, that of padding zero.</param>
internal sealed record EmbeddingSite(int Index, string Name, Tensor Table)
{
    /// <summary>The byte that stands for zero.</summary>
    public const byte ZeroPoint = 128;

    private const int Largest = 127;

    /// <summary>A scale for each row, with which its largest number is the largest step; 1 where all are zero.</summary>
    public Tensor Scale()
    {
        Tensor largest = Table.Abs().Max([1]) / Largest;
        return largest + largest.Equal(0).To(DataType.Float32);
    }

    /// <summary>The rows as bytes.</summary>
    public Tensor Bytes(Tensor scale) => Table.Quantize(scale, Tensor.Full(scale.Shape, ZeroPoint, DataType.UInt8));

    /// <summary>The lookup that a node is, or that it takes the padding out of; null for another node.</summary>
    public static EmbeddingLookup? Lookup(Node node) => node switch
    {
        { Op: Gather { Axis: 0 } } when node.Inputs[0].Type is { DataType: var type, Shape.Rank: 2 } && type == DataType.Float32 => new(node.Inputs[0], node.Inputs[1], Padding: null),
        { Op: Binary<Multiply>, Inputs: [Result rows, { } mask] } when Lookup(rows.Node) is { Padding: null } known && PaddingOf(mask, known.Indices) is { } padding
            => known with { Padding = padding },
        _ => null,
    };

    // Ones where an index is not that of padding.
    private static int? PaddingOf(Value mask, Value indices) =>
        QuantizationPlan.Source(mask) is Result { Node: { Op: Cast, Inputs: [Result { Node: { Op: Compare<NotEqual>, Inputs: [{ } left, Constant padding] } }] } }
        && left == indices && padding.Type is { DataType: var type, Shape.ElementCount: 1 } && type == DataType.Int32
            ? padding.Tensor.AsSpan<int>()[0]
            : null;
}

/// <summary>A lookup in a table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Indices">Which rows.</param>
/// <param name="Padding">The index whose row is zero; null for none.</param>
internal sealed record EmbeddingLookup(Value Table, Value Indices, int? Padding);
