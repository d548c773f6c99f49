namespace Nabla.Onnx.Operators;

/// <summary>
/// The operator Attention: queries, keys and values by head or joined, a mask, keys and values of earlier steps, and the scores where they are asked
/// for. Where scores are not looked at or capped it is the library's own attention, which does not keep them.
/// </summary>
internal static class AttentionOperator
{
    public static Tensor?[] Compute(NodeCall call)
    {
        bool isFlat = call[0].Rank == 3;
        Tensor query = isFlat ? AttentionOperators.ByHead(call[0], (int)call.Int("q_num_heads", 1)) : call[0];
        Tensor key = isFlat ? AttentionOperators.ByHead(call[1], (int)call.Int("kv_num_heads", 1)) : call[1];
        Tensor value = isFlat ? AttentionOperators.ByHead(call[2], (int)call.Int("kv_num_heads", 1)) : call[2];
        int past = call.Optional(4)?.Shape[2] ?? 0;
        key = call.Optional(4) is { } pastKey ? ShapeOps.Concatenate(2, pastKey, key) : key;
        value = call.Optional(5) is { } pastValue ? ShapeOps.Concatenate(2, pastValue, value) : value;
        double scale = call.Number("scale", 1 / Math.Sqrt(query.Shape[3]));
        Tensor? bias = Bias(call, query, key, past);
        bool looks = call.Number("softcap", 0) > 0 || call.Wants(3);
        (Tensor y, Tensor? scores) = looks ? Plain(call, query, key, value, bias, scale) : (Fused(query, key, value, bias, scale), null);
        return [isFlat ? AttentionOperators.Joined(y) : y, key, value, scores];
    }

    private static Tensor Fused(Tensor query, Tensor key, Tensor value, Tensor? bias, double scale) => query.SwapAxes(1, 2)
        .Attend(key.SwapAxes(1, 2), value.SwapAxes(1, 2), bias: bias, scale: scale)
        .SwapAxes(1, 2);

    private static (Tensor Y, Tensor Scores) Plain(NodeCall call, Tensor query, Tensor key, Tensor value, Tensor? bias, double scale)
    {
        (int batch, int heads, int queries, int keyHeads) = (query.Shape[0], query.Shape[1], query.Shape[2], key.Shape[1]);
        int keys = key.Shape[2];
        Tensor grouped = query.Reshape(batch, keyHeads, heads / keyHeads * queries, query.Shape[3]);
        Tensor raw = (grouped.MatMul(key, transposeRight: true) * scale).Reshape(batch, heads, queries, keys);
        double cap = call.Number("softcap", 0);
        Tensor capped = cap > 0 ? (raw * (1 / cap)).Tanh() * cap : raw;
        Tensor biased = bias is null ? capped : capped + bias;
        Tensor weights = bias is null ? biased.Softmax() : Weights(biased);
        Tensor y = weights.Reshape(batch, keyHeads, heads / keyHeads * queries, keys).MatMul(value).Reshape(batch, heads, queries, value.Shape[3]);
        return (y, call.Int("qk_matmul_output_mode", 0) switch { 0 => raw, 1 => capped, 2 => biased, _ => weights });
    }

    // A query that sees nothing has weights of zero.
    private static Tensor Weights(Tensor scores)
    {
        Tensor sees = scores.Max([-1], keepDimensions: true).Greater(double.NegativeInfinity);
        return sees.BroadcastTo(scores.Shape).Where(scores, Tensor.Zeros(scores.Shape, scores.DataType)).Softmax() * sees.To(scores.DataType);
    }

    // The sum of all that hides keys, [batch or 1, heads or 1, queries, keys]; a query sees the past and the steps up to its own.
    private static Tensor? Bias(NodeCall call, Tensor query, Tensor key, int past)
    {
        (int queries, int keys) = (query.Shape[2], key.Shape[2]);
        Tensor? bias = call.Optional(3) is { } mask ? OfMask(mask, queries, keys, query.DataType) : null;
        if (call.Flag("is_causal"))
        {
            long[]? lengths = call.Optional(6) is null ? null : call.Longs(6);
            Tensor distance = Tensor.Range(keys).To(query.DataType) - Tensor.Range(queries).To(query.DataType).Reshape(queries, 1);
            Tensor offsets = lengths is null
                ? Tensor.Full([1, 1, 1, 1], past, query.DataType)
                : Tensor.From([.. lengths.Select(length => (double)(length - queries))]).To(query.DataType).Reshape(-1, 1, 1, 1);
            bias = Plus(bias, Hidden(distance.Reshape(1, 1, queries, keys).Greater(offsets), query.DataType));
        }

        if (call.Optional(6) is { } known)
        {
            Tensor behind = Tensor.Range(keys).To(DataType.Int64).Reshape(1, 1, 1, keys).GreaterOrEqual(known.To(DataType.Int64).Reshape(-1, 1, 1, 1));
            bias = Plus(bias, Hidden(behind, query.DataType));
        }

        return bias is null ? null : bias.Shape[2] == queries ? bias : bias.BroadcastTo(bias.Shape.With(2, queries));
    }

    private static Tensor Plus(Tensor? bias, Tensor more) => bias is null ? more : bias + more;

    private static Tensor Hidden(Tensor isHidden, DataType type) =>
        isHidden.Where(Tensor.Full(isHidden.Shape, double.NegativeInfinity, type), Tensor.Zeros(isHidden.Shape, type));

    private static Tensor OfMask(Tensor mask, int queries, int keys, DataType type)
    {
        Tensor numbers = mask.DataType == DataType.Bool ? Hidden(mask.LogicalNot(), type) : mask.To(type);
        Tensor whole = numbers.Shape[-1] < keys
            ? numbers.Pad(-1, 0, keys - numbers.Shape[-1], PadMode.Constant, double.NegativeInfinity)
            : numbers;
        Tensor ranked = whole.Reshape([.. Enumerable.Repeat(1, 4 - whole.Rank), .. whole.Shape]);
        return ranked.BroadcastTo(ranked.Shape.With(2, queries).With(3, keys));
    }
}
