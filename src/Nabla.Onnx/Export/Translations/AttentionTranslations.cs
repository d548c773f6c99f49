using Nabla.Graphs.Free;
using Nabla.Ops.Attentions;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Attention in other operators, and rotary positions.</summary>
internal static class AttentionTranslations
{
    // Scores of keys that are not seen.
    private const double Unseen = -1e30;

    public static Dictionary<Type, Translation> All { get; } = new()
    {
        [typeof(Attention)] = Attend,
        [typeof(Rotary)] = Rotate,
    };

    private static void Attend(NodeExport node)
    {
        node.RequireFirstAlone();
        Attention op = (Attention)node.Op;
        NodeWriter write = node.Write;
        Shape keys = node.Inputs[1].Type.Shape;
        int heads = node.Inputs[0].Type.Shape[2];
        HeadGroups groups = new(write, heads, keys[2]);
        string queries = groups.Queries(write.Multiply(node.In(0), node.Model.Scalar(op.Scale, node.DataType)), keys[3]);
        string scores = write.Add("MatMul", [queries, groups.Shared(write.Transpose(node.In(1), 0, 2, 3, 1))]);
        scores = op.Alibi ? write.Add(scores, write.Multiply(groups.Slopes(node.DataType), Distances(node))) : scores;
        scores = op.HasBias ? write.Add(scores, groups.Bias(node.In(node.Inputs.Count - 1), node.Inputs[^1].Type.Shape[1])) : scores;
        string? visible = Visible(node, op, groups);
        scores = visible is null ? scores : write.Where(visible, scores, node.Model.Scalar(Unseen, node.DataType));
        string weights = write.Add("Softmax", [scores], Attributes.Int("axis", -1));
        weights = op.HasLengths ? write.Where(visible!, weights, node.Model.Scalar(0, node.DataType)) : weights;
        node.Give(groups.Joined(write.Add("MatMul", [weights, groups.Shared(write.Transpose(node.In(2), 0, 2, 1, 3))]), node.Inputs[2].Type.Shape[3]));
    }

    private static string? Visible(NodeExport node, Attention op, HeadGroups groups)
    {
        NodeWriter write = node.Write;
        string? early = op.Causal ? write.Add("GreaterOrEqual", Places(node)) : null;
        if (!op.HasLengths)
        {
            return early;
        }

        string lengths = write.Unsqueeze(write.Cast(node.In(3), DataType.Int64), groups.BehindBatch);
        string within = write.Add("Less", [node.Sizes.Range(node.Shape(1)[1]), lengths]);
        return early is null ? within : write.Add("And", [early, within]);
    }

    // The place of each query among the keys, [queries, 1], and those of the keys.
    private static string[] Places(NodeExport node)
    {
        (FreeSize queries, FreeSize keys) = (node.Shape(0)[1], node.Shape(1)[1]);
        string places = node.Sizes.Range(queries);
        string begin = queries.Equals(keys) ? places : node.Write.Add(places, node.Write.Subtract(node.Sizes.Of(keys), node.Sizes.Of(queries)));
        return [node.Write.Unsqueeze(begin, 1), node.Sizes.Range(keys)];
    }

    private static string Distances(NodeExport node)
    {
        string[] places = Places(node);
        return node.Write.Cast(node.Write.Add("Abs", [node.Write.Subtract(places[0], places[1])]), node.DataType);
    }

    private static void Rotate(NodeExport node)
    {
        Rotary op = (Rotary)node.Op;
        NodeWriter write = node.Write;
        (int half, FreeSize time) = (node.Inputs[0].Type.Shape[3] / 2, node.Shape(0)[1]);
        string cosines = Angles(node, op, half, time, Math.Cos);
        string sines = Angles(node, op, half, time, op.Back ? angle => -Math.Sin(angle) : Math.Sin);
        string first = write.Slice(node.In(0), 3, 0, half);
        string second = write.Slice(node.In(0), 3, half, 2L * half);
        node.Give(write.Add(
            "Concat",
            [
                write.Subtract(write.Multiply(first, cosines), write.Multiply(second, sines)),
                write.Add(write.Multiply(second, cosines), write.Multiply(first, sines)),
            ],
            Attributes.Int("axis", 3)));
    }

    // The function of all angles [time, 1, half]: made for the most steps, and cut to those that are there.
    private static string Angles(NodeExport node, Rotary op, int half, FreeSize time, Func<double, double> function)
    {
        if (time.Names.Any(name => node.Graph.Graph.Names.Single(free => free.Name == name).Largest is null))
        {
            throw node.Error("needs a largest number of steps: give it one");
        }

        int steps = time.At(node.Graph.Graph.Largest);
        string table = node.Model.Constant($"rotary {op} {half} {steps} {function(1)} {node.DataType.Label}", "rotary", () =>
        {
            double[] angles = [.. Enumerable.Range(0, steps * half).Select(index => function((op.Start + (index / half)) * op.Frequency(index % half, half)))];
            return Tensor.From(angles, [steps, 1, half]).To(node.DataType);
        });
        return time.Fixed is not null ? table : node.Write.Add("Slice", [table, node.Model.Integers(0), node.Sizes.Of(time), node.Model.Integers(0)]);
    }
}
