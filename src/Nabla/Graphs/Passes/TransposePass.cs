using Nabla.Ops.Elementwise;
using Nabla.Ops.Products;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Gets rid of transposes: matrix products read and give their operands either way, what moves axes of size 1 alone is a reshape, and the others
/// sink below elementwise ops, and ops that cut, fill up and join, until they meet one that undoes them.
/// </summary>
internal static class TransposePass
{
    /// <summary>The same bits with fewer transposes.</summary>
    public static Graph MoveTransposes(this Graph graph)
    {
        Readers readers = Readers.In(graph);
        return graph.Rewrite((node, inputs, builder) => node.Op switch
        {
            Transpose transpose => Reshaped(transpose, inputs[0], builder) ?? Exchanged(transpose, node, inputs[0], readers, builder),
            MatMul product => Absorbed(product, inputs, builder),
            ElementwiseOp => Sunk(node, inputs, readers, builder),
            Concatenate concatenate => Joined(concatenate, node, inputs, readers, builder),
            Slice slice => Cut(slice, node, inputs[0], readers, builder),
            Pad pad => Filled(pad, node, inputs[0], readers, builder),
            _ => null,
        });
    }

    private static IReadOnlyList<Value>? Reshaped(Transpose transpose, Value input, GraphBuilder builder)
    {
        int[] moved = [.. transpose.Axes.Where(axis => input.Type.Shape[axis] != 1)];
        return moved.SequenceEqual(moved.Order()) ? builder.Add(new Reshape([.. transpose.Axes.Select(axis => input.Type.Shape[axis])]), input) : null;
    }

    // (A B) transposed is B transposed times A transposed.
    private static IReadOnlyList<Value>? Exchanged(Transpose transpose, Node node, Value input, Readers readers, GraphBuilder builder) =>
        SwapsMatrices(transpose) && input is Result { Node: { Op: MatMul product } made } && readers.IsReadOnce(node.Inputs[0])
            ? builder.Add(new MatMul(!product.TransposeRight, !product.TransposeLeft), made.Inputs[1], made.Inputs[0])
            : null;

    private static IReadOnlyList<Value>? Absorbed(MatMul product, Value[] inputs, GraphBuilder builder)
    {
        (Value left, bool fromLeft) = Untransposed(inputs[0]);
        (Value right, bool fromRight) = Untransposed(inputs[1]);
        return fromLeft || fromRight
            ? builder.Add(new MatMul(product.TransposeLeft ^ fromLeft, product.TransposeRight ^ fromRight), left, right)
            : null;
    }

    private static (Value Value, bool Transposed) Untransposed(Value value) =>
        value is Result { Node: { Op: Transpose transpose } node } && SwapsMatrices(transpose) ? (node.Inputs[0], true) : (value, false);

    private static bool SwapsMatrices(Transpose transpose)
    {
        int[] axes = [.. Enumerable.Range(0, transpose.Axes.Rank)];
        if (axes.Length < 2)
        {
            return false;
        }

        (axes[^2], axes[^1]) = (axes[^1], axes[^2]);
        return transpose.Axes.SequenceEqual(axes);
    }

    private static IReadOnlyList<Value>? Sunk(Node node, Value[] inputs, Readers readers, GraphBuilder builder)
    {
        bool[] isMoved = [.. inputs.Select((input, index) => input is Result { Node.Op: Transpose } && readers.IsReadOnce(node.Inputs[index]))];
        if (Array.IndexOf(isMoved, true) is not (>= 0 and var first))
        {
            return null;
        }

        Transpose common = (Transpose)((Result)inputs[first]).Node.Op;
        Value?[] sources = [.. inputs.Select((input, index) => isMoved[index] && ((Result)input).Node.Op.Equals(common)
            ? ((Result)input).Node.Inputs[0]
            : Turned(input, common, builder))];
        return common.Axes.Rank != node.Results[0].Type.Shape.Rank || Array.Exists(sources, source => source is null)
            ? null
            : builder.Add(common, builder.Add(node.Op, sources!)[0]);
    }

    // A single number, or one for each place of a single axis, is read along any other axis in another shape.
    private static Value? Turned(Value value, Transpose transpose, GraphBuilder builder)
    {
        (Shape shape, int rank) = (value.Type.Shape, transpose.Axes.Rank);
        if (shape is { ElementCount: 1, Rank: <= 1 })
        {
            return value;
        }

        if (shape.Rank > rank || shape.Count(size => size != 1) > 1)
        {
            return null;
        }

        int[] sizes = [.. Enumerable.Repeat(1, rank)];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            sizes[transpose.Axes[rank - shape.Rank + axis]] = shape[axis];
        }

        return builder.Add(new Reshape(sizes), value)[0];
    }

    private static IReadOnlyList<Value>? Joined(Concatenate concatenate, Node node, Value[] inputs, Readers readers, GraphBuilder builder)
    {
        Transpose? common = (inputs[0] as Result)?.Node.Op as Transpose;
        bool isCommon = common is not null && inputs.Select((input, index) => input is Result { Node.Op: Transpose transpose }
            && transpose.Equals(common) && readers.IsReadOnce(node.Inputs[index])).All(moved => moved);
        return isCommon
            ? builder.Add(common!, builder.Add(new Concatenate(common!.Axes[concatenate.Axis]), [.. inputs.Select(input => ((Result)input).Node.Inputs[0])])[0])
            : null;
    }

    private static IReadOnlyList<Value>? Cut(Slice slice, Node node, Value input, Readers readers, GraphBuilder builder) =>
        input is Result { Node: { Op: Transpose transpose } moved } && !readers.Keeps(node.Inputs[0]) && readers.Of(node.Inputs[0]).All(reader => reader.Op is Slice)
            ? builder.Add(transpose, builder.Add(new Slice(Back(slice.Start, transpose), Back(slice.Size, transpose), Back(slice.Step, transpose)), moved.Inputs[0])[0])
            : null;

    private static IReadOnlyList<Value>? Filled(Pad pad, Node node, Value input, Readers readers, GraphBuilder builder) =>
        input is Result { Node: { Op: Transpose transpose } moved } && readers.IsReadOnce(node.Inputs[0])
            ? builder.Add(transpose, builder.Add(new Pad(Back(pad.Start, transpose), Back(pad.Size, transpose), Back(pad.Step, transpose), pad.Value), moved.Inputs[0])[0])
            : null;

    // What stands for the axes of a result, for those of what is transposed.
    private static Shape Back(Shape sizes, Transpose transpose)
    {
        int[] back = new int[sizes.Rank];
        for (int axis = 0; axis < back.Length; axis++)
        {
            back[transpose.Axes[axis]] = sizes[axis];
        }

        return back;
    }
}
