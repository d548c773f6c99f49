using Nabla.Ops.Elementwise;
using Nabla.Ops.Normalizations;
using Nabla.Ops.Reductions;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Makes one op of a layer normalisation that was written by hand: <c>(x - mean) / sqrt(variance + epsilon) * scale + bias</c> over the last axis, or with
/// a product with the reciprocal root. Sums are in another order. Where others read what lies between, as gradients do, it stays.
/// </summary>
internal static class NormalizationFusionPass
{
    /// <summary>The same computation with fused normalisations.</summary>
    public static Graph FuseNormalization(this Graph graph)
    {
        Readers readers = Readers.In(graph);
        return graph.Rewrite((node, inputs, builder) => node.Op is Binary<Add> && Shifted([.. node.Inputs]) is { } old && IsAlone(old, readers)
            && Shifted(inputs) is { } found
            ? [builder.Add(new RowNormalization(found.Epsilon, Centered: true), found.X, Layout.AsVector(found.Scale, builder), Layout.AsVector(found.Bias, builder))[0]]
            : null);
    }

    private static bool IsAlone(Match match, Readers readers) => match.Inner.All(readers.IsReadOnce)
        && readers.Of(match.Centered).All(reader => reader == match.Square || reader == match.Quotient) && !readers.Keeps(match.Centered);

    private static Match? Shifted(Value[] inputs) => Scaled(inputs[0], inputs[1]) ?? Scaled(inputs[1], inputs[0]);

    private static Match? Scaled(Value product, Value bias) =>
        product is Result { Node: { Op: Binary<Multiply>, Inputs: [{ } left, { } right] } } && Layout.IsPerChannel(bias, product)
            ? Normalized(left, right, product, bias) ?? Normalized(right, left, product, bias)
            : null;

    private static Match? Normalized(Value quotient, Value scale, Value product, Value bias)
    {
        if (!Layout.IsPerChannel(scale, product) || quotient is not Result { Node: { Inputs: [Result { Node: { Op: Binary<Subtract> } difference } centered, Result root] } divided }
            || !IsRoot(divided.Op, root.Node.Op) || root.Node.Inputs[0] is not Result { Node: { Op: Binary<Add>, Inputs: [Result variance, { } epsilon] } } sum
            || NumberOf(epsilon) is not { } number || MeanOf(variance) is not Result { Node: var square } squares || !IsSquare(square, centered)
            || difference.Inputs[1] is not Result mean || MeanOf(mean) != difference.Inputs[0] || difference.Inputs[0].Type != product.Type)
        {
            return null;
        }

        return new Match(difference.Inputs[0], scale, bias, number, centered, square, divided, [product, quotient, root, sum, variance, squares]);
    }

    private static bool IsRoot(Ops.Op quotient, Ops.Op root) => (quotient, root) is (Binary<Divide>, Unary<Sqrt>) or (Binary<Multiply>, Unary<Rsqrt>);

    private static bool IsSquare(Node node, Value of) => (node.Op is Unary<Square> or Binary<Multiply>) && node.Inputs.All(input => input == of);

    private static double? NumberOf(Value value) => value is Constant { Type.Shape.ElementCount: 1 } constant ? constant.Tensor.ToDouble() : null;

    // What a mean over the last axis, which stays with size 1, is of.
    private static Value? MeanOf(Value value) =>
        value is Result { Node: { Op: Binary<Multiply>, Inputs: [Result { Node: { Op: Sum sum, Inputs: [{ } x] } }, { } share] } }
            && sum.Axes.Rank == 1 && sum.Axes[0] == x.Type.Shape.Rank - 1 && NumberOf(share) is { } number && Math.Abs((number * x.Type.Shape[-1]) - 1) < 1e-6
            ? x
            : null;

    private sealed record Match(Value X, Value Scale, Value Bias, double Epsilon, Value Centered, Node Square, Node Quotient, Value[] Inner);
}
