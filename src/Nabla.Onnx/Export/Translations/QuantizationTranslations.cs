using Nabla.Backends.Cpu;
using Nabla.Graphs;
using Nabla.Onnx.Protos;
using Nabla.Ops.Products;
using Nabla.Ops.Quantization;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Numbers to bytes and back, and weights in few bits.</summary>
internal static class QuantizationTranslations
{
    private const double Levels = 255;

    public static Dictionary<Type, Translation> All { get; } = new()
    {
        [typeof(Quantize)] = Quantized,
        [typeof(Dequantize)] = Dequantized,
        [typeof(FakeQuantize)] = Rounded,
        [typeof(QuantizeDynamically)] = QuantizedDynamically,
        [typeof(GroupedProduct)] = node => node.Give(node.Write.Add("MatMul", [node.In(0), GroupedWeight(node, ((GroupedProduct)node.Op).Format, turned: false)])),
        [typeof(GroupedColumns)] = node => node.Give(node.Write.Add("Gather", [GroupedWeight(node, ((GroupedColumns)node.Op).Format, turned: true), node.In(0)])),
    };

    /// <summary>Weights of the model as floats, from bytes that may have another shape.</summary>
    public static string Dequantize(NodeExport node, Value weights, Tensor bytes, DequantizedSide side, int? axis) => node.Write.Add(
        "DequantizeLinear", [node.Model.Weight(Baking.NameOf(weights), bytes), .. Parameters(node, side.Scale, side.ZeroPoint)], AxisOf(axis));

    /// <summary>The names of a scale and a zero point.</summary>
    public static string[] Parameters(NodeExport node, Value scale, Value zeroPoint) =>
        [node.Values.In(scale, StoredValues.Natural(scale.Type.Shape.Rank), "scale"), node.Values.In(zeroPoint, StoredValues.Natural(zeroPoint.Type.Shape.Rank), "zero_point")];

    private static void Quantized(NodeExport node)
    {
        Shape form = FormOf(node);
        node.Give(Scaled(node, "QuantizeLinear", node.In(0, form), ((Quantize)node.Op).Axis, form), form);
    }

    private static void Rounded(NodeExport node)
    {
        Shape form = FormOf(node);
        int? axis = ((FakeQuantize)node.Op).Axis;
        node.Give(Scaled(node, "DequantizeLinear", Scaled(node, "QuantizeLinear", node.In(0, form), axis, form), axis, form), form);
    }

    private static void Dequantized(NodeExport node)
    {
        int? axis = ((Dequantize)node.Op).Axis;
        Value value = node.Node.Results[0];
        if (DequantizedSide.Weights(node, value) is var (bytes, _, _, side))
        {
            // Written when somebody reads it, in the form that is wanted.
            node.Values.Define(value, form => Dequantize(node, side.Bytes, Turned(bytes, form), side, axis is { } along ? form.ToList().IndexOf(along) : null));
            return;
        }

        if (axis is null && node.Inputs[1].Type.Shape.Rank > 0)
        {
            node.Give(OfRows(node));
            return;
        }

        if (node.Values.FlatOf(node.Inputs[0]) is { } flat)
        {
            node.Values.Define(value, new FlatImages(Scaled(node, "DequantizeLinear", flat.Images, null, []), Scaled(node, "DequantizeLinear", flat.Rows, null, []), flat.Sizes));
            return;
        }

        Shape form = FormOf(node);
        node.Give(Scaled(node, "DequantizeLinear", node.In(0, form), axis, form), form);
    }

    private static string Scaled(NodeExport node, string op, string x, int? axis, Shape form) => axis is null && node.Inputs[1].Type.Shape.Rank > 0
        ? throw node.Error("with a scale for each row has no operator in the format")
        : node.Write.Add(op, [x, .. Parameters(node, node.Inputs[1], node.Inputs[2])], AxisOf(axis is { } along ? form.ToList().IndexOf(along) : null));

    private static AttributeProto[] AxisOf(int? axis) => axis is { } place ? [Attributes.Int("axis", place)] : [];

    private static Shape FormOf(NodeExport node) => node.Values.FormOf(node.Inputs[0]) ?? StoredValues.Natural(node.Inputs[0].Type.Shape.Rank);

    private static Tensor Turned(Tensor bytes, Shape form) => form == StoredValues.Natural(form.Rank) ? bytes : bytes.Transpose([.. form]);

    // (q - zeroPoint) * scale, a scale for each row.
    private static string OfRows(NodeExport node)
    {
        long last = node.Rank - 1;
        string zeroPoint = node.Write.Cast(node.Write.Unsqueeze(node.In(2), last), DataType.Float32);
        return node.Write.Multiply(node.Write.Subtract(node.Write.Cast(node.In(0), DataType.Float32), zeroPoint), node.Write.Unsqueeze(node.In(1), last));
    }

    // The format quantises all rows by one range alone; for a range of each row it is written out.
    private static void QuantizedDynamically(NodeExport node)
    {
        if (!((QuantizeDynamically)node.Op).PerRow)
        {
            string[] results = node.Write.Add("DynamicQuantizeLinear", [node.In(0)], 3);
            foreach ((int index, string result) in results.Index())
            {
                node.Give(index, result);
            }

            return;
        }

        int last = node.Inputs[0].Type.Shape.Rank - 1;
        string zero = node.Model.Scalar(0);
        string high = node.Write.Add("Max", [node.Write.Reduce("ReduceMax", node.In(0), last), zero]);
        string low = node.Write.Add("Min", [node.Write.Reduce("ReduceMin", node.In(0), last), zero]);
        string step = node.Write.Add("Div", [node.Write.Subtract(high, low), node.Model.Scalar(Levels)]);
        string scale = node.Write.Where(node.Write.Add("Greater", [step, zero]), step, node.Model.Scalar(1));
        string zeroPoint = Held(node, node.Write.Add("Round", [node.Write.Add("Div", [node.Write.Add("Neg", [low]), scale])]));
        string steps = node.Write.Add(node.Write.Add("Round", [node.Write.Add("Div", [node.In(0), scale])]), zeroPoint);
        node.Give(0, node.Write.Cast(Held(node, steps), DataType.UInt8));
        node.Give(1, node.Write.Squeeze(scale, last));
        node.Give(2, node.Write.Cast(node.Write.Squeeze(zeroPoint, last), DataType.UInt8));
    }

    private static string Held(NodeExport node, string x) => node.Write.Add("Clip", [x, node.Model.Scalar(0), node.Model.Scalar(Levels)]);

    // The format has no weights in groups that all versions know: they are written as floats.
    private static string GroupedWeight(NodeExport node, GroupedFormat format, bool turned)
    {
        if (node.Baked(1) is not { } packed || node.Baked(2) is not { } scales)
        {
            throw node.Error("whose weights are no part of the model has no operator in the format");
        }

        GroupedWhole op = new(format);
        Tensor whole = CpuBackend.Instance.Run(op, [packed, scales], op.Infer([packed.Type, scales.Type]))[0];
        string name = Baking.NameOf(node.Inputs[1]).Replace("_packed", "", StringComparison.Ordinal);
        return node.Model.Weight(name, turned ? whole.Transpose(1, 0) : whole);
    }
}
