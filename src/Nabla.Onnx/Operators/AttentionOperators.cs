using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Attention and what stands around it in Transformers.</summary>
internal static class AttentionOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["Attention"] = AttentionOperator.Compute,
        ["LinearAttention"] = LinearAttention,
        ["RotaryEmbedding"] = One(Rotary),
    };

    /// <summary>From <c>[batch, time, heads * size]</c> to <c>[batch, heads, time, size]</c>.</summary>
    internal static Tensor ByHead(Tensor x, int heads) => x.Reshape(x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads).SwapAxes(1, 2);

    /// <summary>From <c>[batch, heads, time, size]</c> to <c>[batch, time, heads * size]</c>.</summary>
    internal static Tensor Joined(Tensor x) => x.SwapAxes(1, 2).Reshape(x.Shape[0], x.Shape[2], x.Shape[1] * x.Shape[3]);

    // Pairs of numbers are turned by angles whose cosines and sines are given, for all places or by place.
    private static Tensor Rotary(NodeCall call)
    {
        bool isFlat = call[0].Rank == 3;
        Tensor x = isFlat ? ByHead(call[0], (int)call.Int("num_heads", 1)) : call[0];
        int size = (int)call.Int("rotary_embedding_dim", 0) is var part && part > 0 ? part : x.Shape[3];
        (Tensor cosines, Tensor sines) = (call[1], call[2]);
        if (call.Optional(3) is { } places)
        {
            (cosines, sines) = (cosines.Gather(0, places), sines.Gather(0, places));
        }

        (cosines, sines) = (cosines.ExpandDimensions(1), sines.ExpandDimensions(1));
        Tensor turned = x.Slice(3, 0, size);
        bool pairs = call.Flag("interleaved");
        int half = size / 2;
        Tensor apart = pairs ? turned.Reshape([.. x.Shape.Take(3), half, 2]) : turned.Reshape([.. x.Shape.Take(3), 2, half]);
        int axis = pairs ? 4 : 3;
        (Tensor first, Tensor second) = (apart.Slice(axis, 0, 1).Squeeze(axis), apart.Slice(axis, 1, 1).Squeeze(axis));
        Tensor real = (first * cosines) - (second * sines);
        Tensor imaginary = (first * sines) + (second * cosines);
        Tensor joined = ShapeOps.Stack(axis, real, imaginary).Reshape([.. x.Shape.Take(3), size]);
        Tensor result = size == x.Shape[3] ? joined : ShapeOps.Concatenate(3, joined, x.Slice(3, size, x.Shape[3] - size));
        return isFlat ? Joined(result) : result;
    }

    // A state [batch, heads, keys, values] that each step decays, corrects and reads (Yang et al., Gated Delta Networks, 2024, arXiv 2412.06464).
    private static Tensor?[] LinearAttention(NodeCall call)
    {
        int heads = (int)call.Int("q_num_heads", 1);
        int keyHeads = (int)call.Int("kv_num_heads", heads);
        string rule = call.Text("update_rule", "gated_delta");
        Tensor query = ByHead(call[0], heads);
        (Tensor key, Tensor value) = (ByHead(call[1], keyHeads), ByHead(call[2], keyHeads));
        (int batch, int time, int size, int valueSize) = (query.Shape[0], query.Shape[2], key.Shape[3], value.Shape[3]);
        Tensor state = call.Optional(3) ?? Tensor.Zeros([batch, keyHeads, size, valueSize], query.DataType);
        Tensor? decay = call.Optional(4) is { } decays ? ByHead(decays, keyHeads).Exp() : null;
        Tensor? beta = call.Optional(5) is { } given ? given.SwapAxes(1, 2).ExpandDimensions(3) : null;
        double scale = call.Has("scale") && call.Number("scale", 0) != 0 ? call.Number("scale", 0) : 1 / Math.Sqrt(size);
        int groups = heads / keyHeads;
        Tensor[] outputs = new Tensor[time];
        for (int step = 0; step < time; step++)
        {
            Tensor column = key.Slice(2, step, 1).SwapAxes(2, 3);
            Tensor row = value.Slice(2, step, 1);
            state = decay is null ? state : state * decay.Slice(2, step, 1).SwapAxes(2, 3);
            row = rule.EndsWith("delta", StringComparison.Ordinal) ? row - column.SwapAxes(2, 3).MatMul(state) : row;
            row = beta is null ? row : row * beta.Slice(2, step, 1);
            state += column.MatMul(row);
            Tensor rows = query.Slice(2, step, 1).Reshape(batch, keyHeads, groups, size);
            outputs[step] = (rows.MatMul(state) * scale).Reshape(batch, 1, heads * valueSize);
        }

        return [ShapeOps.Concatenate(1, outputs), state];
    }
}
