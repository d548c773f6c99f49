using Nabla.Ops.Elementwise;
using Nabla.Ops.Products;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Gets rid of transposes: matrix products read and give their operands either way, what moves axes of size 1 alone is a reshape, and the others
/// sink below elementwise ops until they meet one that undoes them.
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
        Transpose? common = null;
        Value[] sources = [.. inputs];
        for (int index = 0; index < sources.Length; index++)
        {
            if (inputs[index] is Result { Node: { Op: Transpose transpose } moved } && (common ?? transpose) == transpose && readers.IsReadOnce(node.Inputs[index]))
            {
                (common, sources[index]) = (transpose, moved.Inputs[0]);
            }
            else if (inputs[index].Type.Shape is not { ElementCount: 1, Rank: <= 1 })
            {
                return null;
            }
        }

        return common is null || common.Axes.Rank != node.Results[0].Type.Shape.Rank ? null : builder.Add(common, builder.Add(node.Op, sources)[0]);
    }
}
