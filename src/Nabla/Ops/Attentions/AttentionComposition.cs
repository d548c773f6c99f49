namespace Nabla.Ops.Attentions;

/// <summary>Attention in other ops, which keeps all scores: what gradients of gradients are taken of.</summary>
internal static class AttentionComposition
{
    /// <summary>The results of <see cref="Attention"/>.</summary>
    public static Tensor[] Forward(Attention op, Tensor[] inputs)
    {
        Tensor scores = Scores(op, inputs);
        Tensor visible = Visible(op, inputs, scores);
        Tensor masked = visible.Where(scores, -1e30);
        Tensor seen = visible.To(scores.DataType);
        Tensor weights = masked.Softmax() * seen;
        Tensor outputs = weights.MatMul(ByHead(inputs[2])); // [batch, keyHeads, groups, queries, valueSize]
        Tensor sums = masked.LogSumExp([-1]);
        Tensor any = seen.Max([-1]).BroadcastTo(sums.Shape);
        return [Ungrouped(outputs), (sums * any).Reshape(sums.Shape[0], sums.Shape[1] * sums.Shape[2], sums.Shape[3])];
    }

    /// <summary>The results of <see cref="AttentionGradient"/>.</summary>
    public static Tensor[] Backward(AttentionGradient op, Tensor[] inputs)
    {
        Attention forward = op.Forward;
        int keyHeads = inputs[1].Shape[2];
        Tensor[] ofForward = inputs[..^3];
        Tensor outputs = Grouped(inputs[^3], keyHeads);
        Tensor cotangents = Grouped(inputs[^1], keyHeads);
        Tensor scores = Scores(forward, ofForward);
        Tensor sums = inputs[^2].Reshape([.. scores.Shape.AsSpan()[..4], 1]);
        Tensor weights = Visible(forward, ofForward, scores).Where(scores - sums, -1e30).Exp();
        Tensor ofWeights = cotangents.MatMul(ByHead(inputs[2]), transposeRight: true);
        Tensor ofScores = weights * (ofWeights - (outputs * cotangents).Sum([-1], keepDimensions: true)) * forward.Scale;
        return
        [
            Ungrouped(ofScores.MatMul(ByHead(inputs[1]))),
            ofScores.MatMul(Grouped(inputs[0], keyHeads), transposeLeft: true).Sum([2]).Transpose(0, 2, 1, 3),
            weights.MatMul(cotangents, transposeLeft: true).Sum([2]).Transpose(0, 2, 1, 3),
        ];
    }

    // [batch, keyHeads, groups, queries, keys]
    private static Tensor Scores(Attention op, Tensor[] inputs)
    {
        (Tensor query, Tensor key) = (inputs[0], inputs[1]);
        (int queries, int heads, int keyHeads) = (query.Shape[1], query.Shape[2], key.Shape[2]);
        Tensor scores = Grouped(query, keyHeads).MatMul(ByHead(key), transposeRight: true) * op.Scale;
        if (op.Alibi)
        {
            Tensor slopes = Tensor.From(Attention.Slopes(heads)).To(query.DataType).Reshape(1, keyHeads, heads / keyHeads, 1, 1);
            scores += slopes * Distances(queries, key.Shape[1]).Abs().To(query.DataType) * -1.0;
        }

        return op.Bias(inputs) is { } bias
            ? scores + bias.BroadcastTo([bias.Shape[0], heads, queries, key.Shape[1]]).Reshape(bias.Shape[0], keyHeads, heads / keyHeads, queries, key.Shape[1])
            : scores;
    }

    // A score of minus infinity, as a bias may make one, hides a key too.
    private static Tensor Visible(Attention op, Tensor[] inputs, Tensor scores)
    {
        (int queries, int keys) = (scores.Shape[-2], scores.Shape[-1]);
        Tensor visible = scores.NotEqual(double.NegativeInfinity);
        if (op.Causal)
        {
            visible = visible.LogicalAnd(Distances(queries, keys).LessOrEqual(0.0));
        }

        return op.Lengths(inputs) is { } lengths
            ? visible.LogicalAnd(Tensor.Range(keys).Less(lengths.Reshape(-1, 1, 1, 1, 1)))
            : visible;
    }

    // How far a key stands behind its query: [queries, keys].
    private static Tensor Distances(int queries, int keys) =>
        Tensor.Range(keys) - (Tensor.Range(queries).Reshape(queries, 1) + (double)(keys - queries));

    // From [batch, queries, heads, size] to [batch, keyHeads, groups, queries, size] and back.
    private static Tensor Grouped(Tensor x, int keyHeads) =>
        x.Transpose(0, 2, 1, 3).Reshape(x.Shape[0], keyHeads, x.Shape[2] / keyHeads, x.Shape[1], x.Shape[3]);

    private static Tensor Ungrouped(Tensor x) =>
        x.Reshape(x.Shape[0], x.Shape[1] * x.Shape[2], x.Shape[3], x.Shape[4]).Transpose(0, 2, 1, 3);

    // [batch, keyHeads, 1, keys, size]
    private static Tensor ByHead(Tensor x) => x.Transpose(0, 2, 1, 3).ExpandDimensions(2);
}
