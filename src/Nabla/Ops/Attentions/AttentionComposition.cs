namespace Nabla.Ops.Attentions;

/// <summary>Attention in other ops, which keeps all scores: what gradients of gradients are taken of.</summary>
internal static class AttentionComposition
{
    /// <summary>The results of <see cref="Attention"/>.</summary>
    public static Tensor[] Forward(Attention op, Tensor[] inputs)
    {
        Tensor scores = Scores(op, inputs);
        Tensor visible = Visible(op, inputs, scores.Shape);
        Tensor masked = visible.Where(scores, -1e30);
        Tensor seen = visible.To(scores.DataType);
        Tensor weights = masked.Softmax() * seen;
        Tensor outputs = weights.MatMul(ByHead(inputs[2])); // [batch, keyHeads, groups, queries, valueSize]
        Shape flat = [outputs.Shape[0], outputs.Shape[1] * outputs.Shape[2], outputs.Shape[3], outputs.Shape[4]];
        Tensor sums = masked.LogSumExp([-1]);
        Tensor any = seen.Max([-1]).BroadcastTo(sums.Shape);
        return [outputs.Reshape(flat.AsSpan()).Transpose(0, 2, 1, 3), (sums * any).Reshape([.. flat.AsSpan()[..3]])];
    }

    // [batch, keyHeads, groups, queries, keys]
    private static Tensor Scores(Attention op, Tensor[] inputs)
    {
        (Tensor query, Tensor key) = (inputs[0], inputs[1]);
        (int batch, int queries, int heads, int keyHeads) = (query.Shape[0], query.Shape[1], query.Shape[2], key.Shape[2]);
        Tensor grouped = query.Transpose(0, 2, 1, 3).Reshape(batch, keyHeads, heads / keyHeads, queries, query.Shape[3]);
        Tensor scores = grouped.MatMul(ByHead(key), transposeRight: true) * op.Scale;
        if (op.Alibi)
        {
            Tensor slopes = Tensor.From(Attention.Slopes(heads)).To(query.DataType).Reshape(1, keyHeads, heads / keyHeads, 1, 1);
            scores += slopes * Distances(queries, key.Shape[1]).Abs().To(query.DataType) * -1.0;
        }

        return op.Bias(inputs) is { } bias
            ? scores + bias.BroadcastTo([bias.Shape[0], heads, queries, key.Shape[1]]).Reshape(bias.Shape[0], keyHeads, heads / keyHeads, queries, key.Shape[1])
            : scores;
    }

    private static Tensor Visible(Attention op, Tensor[] inputs, Shape scores)
    {
        (int queries, int keys) = (scores[-2], scores[-1]);
        Tensor visible = Tensor.Full(scores, 1, DataType.Bool);
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

    // [batch, keyHeads, 1, keys, size]
    private static Tensor ByHead(Tensor x) => x.Transpose(0, 2, 1, 3).ExpandDimensions(2);
}
