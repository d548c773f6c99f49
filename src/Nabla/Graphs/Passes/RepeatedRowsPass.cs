using Nabla.Ops;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Indexing;
using Nabla.Ops.Products;
using Nabla.Ops.Recurrent;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Multiplies a row of a table once, and not as often as it is looked up: the product of looked-up rows is the looked-up row of the product, which has the same
/// bits. Backwards the cotangents of a row are summed before they are multiplied, since their products would be summed, which rounds differently. In a batch
/// of texts most words are repeated, and so are all letters.
/// </summary>
internal static class RepeatedRowsPass
{
    // Of fewer rows the product costs little more than finding those that are the same; of shorter ones little more than copying its results, which is
    // lost where all rows differ.
    private const int FewestRows = 1024;
    private const int ShortestRow = 64;
    private const int FewestColumns = 16;

    /// <summary>The same function, with products of the different rows alone.</summary>
    public static Graph MultiplyRowsOnce(this Graph graph) => graph.Rewrite((node, inputs, builder) => node.Op switch
    {
        DenseProduct or MatMul { TransposeLeft: false, TransposeRight: false } => Product(node.Op, inputs, builder),
        MatMul { TransposeLeft: true, TransposeRight: false } => OfKernel(node.Op, inputs, builder),
        SumRows { Blank: null, Fills: true } op => OfTable(op, inputs, builder),
        Recurrence { Drops: false, RoundsStates: false } op => Recurrent(op, inputs, builder),
        _ => null,
    });

    private static IReadOnlyList<Value>? Product(Op product, Value[] inputs, GraphBuilder builder)
    {
        if (Lookup.Of(inputs[0]) is not { } lookup || !IsWorthwhile(inputs[0].Type.Shape, inputs[1].Type.Shape))
        {
            return null;
        }

        IReadOnlyList<Result> distinct = lookup.Distinct(builder);
        Value products = builder.Add(new CountedProduct(product, lookup.Size), [distinct[0], .. inputs[1..], distinct[1]])[0];
        return builder.Add(new Gather(0), products, distinct[2]);
    }

    /// <summary>The gradient of what rows are multiplied by.</summary>
    private static IReadOnlyList<Value>? OfKernel(Op product, Value[] inputs, GraphBuilder builder)
    {
        if (Lookup.Of(inputs[0]) is not { } lookup || !IsWorthwhile(inputs[0].Type.Shape, inputs[1].Type.Shape))
        {
            return null;
        }

        IReadOnlyList<Result> distinct = lookup.Distinct(builder);
        IReadOnlyList<Result> sums = Sums(inputs[1], lookup, builder);
        return builder.Add(new CountedProduct(product, lookup.Size), distinct[0], sums[0], distinct[1]);
    }

    /// <summary>The gradient of the table.</summary>
    private static IReadOnlyList<Value>? OfTable(SumRows op, Value[] inputs, GraphBuilder builder)
    {
        Value? rows = null;
        return Summed(inputs[0], new Lookup(null, inputs[1], op.Size, null), builder, ref rows) is { } sums ? [sums, rows!] : null;
    }

    /// <summary>The sums of rows that are products, as products of sums; null where they are something else.</summary>
    private static Value? Summed(Value value, Lookup lookup, GraphBuilder builder, ref Value? rows)
    {
        if (value is not Result { Node: { Inputs: var inputs } node })
        {
            return null;
        }

        switch (node.Op)
        {
            case Reshape when inputs[0].Type.Shape is { Rank: >= 2 } shape && shape[-1] == value.Type.Shape[-1]:
                return Summed(inputs[0], lookup, builder, ref rows);
            case Binary<Multiply> when Lookup.BlankOf(value, lookup.Indices) is { } masked:
                return Summed(masked.Rows, lookup with { Blank = masked.Blank }, builder, ref rows);
            case Binary<Add> when inputs.All(input => input.Type == value.Type):
                return Summed(inputs[0], lookup, builder, ref rows) is { } left && Summed(inputs[1], lookup, builder, ref rows) is { } right
                    ? builder.Add(node.Op, left, right)[0]
                    : null;
            case MatMul { TransposeLeft: false, TransposeRight: true } when inputs[0].Type.Shape is { Rank: 2 } cotangents && inputs[1].Type.Shape is { Rank: 2 } kernel && IsWorthwhile(cotangents[0], kernel[0], cotangents[1]):
                IReadOnlyList<Result> sums = Sums(inputs[0], lookup, builder);
                rows = sums[1];
                return builder.Add(new CountedProduct(node.Op, lookup.Size, Fills: true), sums[0], inputs[1], sums[1])[0];
            default:
                return null;
        }
    }

    private static IReadOnlyList<Value>? Recurrent(Recurrence op, Value[] inputs, GraphBuilder builder)
    {
        Shape steps = inputs[0].Type.Shape;
        Value source = inputs[0] is Result { Node: { Op: Reshape } reshaped } ? reshaped.Inputs[0] : inputs[0];
        return source is Result { Node: { Op: Gather { Axis: 0 }, Inputs: [{ Type.Shape.Rank: 2 } table, { Type.DataType: DataType.Int32 } places] } }
            && table.Type.Shape[1] == steps[2]
            ? builder.Add(new CompiledRecurrence(op, op.Cell.KeepsGates() ? 3 : 1, LooksUp: true), [table, .. inputs[1..], InShape(places, [steps[0], steps[1]], builder)])
            : null;
    }

    private static IReadOnlyList<Result> Sums(Value rows, Lookup lookup, GraphBuilder builder) =>
        builder.Add(new SumRows(lookup.Size, lookup.Blank, Fills: false), rows, lookup.FlatIndices(builder));

    private static bool IsWorthwhile(Shape rows, Shape right) => rows.Rank == 2 && right.Rank == 2 && IsWorthwhile(rows[0], rows[1], right[1]);

    private static bool IsWorthwhile(int rows, int width, int columns) => rows >= FewestRows && width >= ShortestRow && columns >= FewestColumns;

    private static Value InShape(Value value, Shape shape, GraphBuilder builder) => value.Type.Shape == shape ? value : builder.Add(new Reshape(shape), value)[0];

    /// <summary>Rows that are looked up.</summary>
    /// <param name="Table">The table <c>[size, width]</c>, where it is known.</param>
    /// <param name="Indices">Which rows.</param>
    /// <param name="Size">The rows of the table.</param>
    /// <param name="Blank">The index that stands for zeros; null for none.</param>
    private sealed record Lookup(Value? Table, Value Indices, int Size, int? Blank)
    {
        /// <summary>The lookup that a value is, in whatever shape; null for another value.</summary>
        public static Lookup? Of(Value value) => value is not Result { Node: { Inputs: var inputs } node } ? null : node.Op switch
        {
            Gather { Axis: 0 } when inputs[0].Type is { Shape.Rank: 2, DataType.IsFloating: true } table => new Lookup(inputs[0], inputs[1], table.Shape[0], null),
            Reshape when inputs[0].Type.Shape is { Rank: > 0 } shape && shape[-1] == value.Type.Shape[-1] => Of(inputs[0]),
            Binary<Multiply> => Of(value, inputs[0]) ?? Of(value, inputs[1]),
            _ => null,
        };

        /// <summary>Of a product what is multiplied, where the other factor is zero for rows of one index and one for all others; null for other products.</summary>
        public static (Value Rows, int Blank)? BlankOf(Value product, Value indices)
        {
            Value[] factors = [.. ((Result)product).Node.Inputs];
            return factors[0].Type == product.Type && BlankIn(factors[1], indices) is { } second ? (factors[0], second)
                : factors[1].Type == product.Type && BlankIn(factors[0], indices) is { } first ? (factors[1], first)
                : null;
        }

        /// <summary>The rows, their indices and the places of the lookups.</summary>
        public IReadOnlyList<Result> Distinct(GraphBuilder builder) => builder.Add(new DistinctRows(Blank), Table!, FlatIndices(builder));

        /// <summary>The indices as a vector.</summary>
        public Value FlatIndices(GraphBuilder builder) => InShape(Indices, [Indices.Type.Shape.ElementCount], builder);

        private static Lookup? Of(Value product, Value rows) =>
            Of(rows) is { Blank: null } lookup && BlankOf(product, lookup.Indices) is { } masked && masked.Rows == rows ? lookup with { Blank = masked.Blank } : null;

        // One where an index differs from a number, zero where it does not.
        private static int? BlankIn(Value mask, Value indices) =>
            mask.Type.Shape.SequenceEqual([.. indices.Type.Shape, 1])
            && Unshaped(mask) is Result { Node: { Op: Cast, Inputs: [{ } differs] } }
            && Unshaped(differs) is Result { Node: { Op: Compare<NotEqual>, Inputs: [{ } compared, Constant { Type.Shape.ElementCount: 1 } blank] } }
            && compared == indices ? (int)blank.Tensor.ToDouble() : null;

        private static Value Unshaped(Value value) => value is Result { Node: { Op: Reshape } node } ? node.Inputs[0] : value;
    }
}
