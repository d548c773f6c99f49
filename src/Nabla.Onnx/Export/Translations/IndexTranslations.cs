using Nabla.Ops.Indexing;

namespace Nabla.Onnx.Export.Translations;

/// <summary>What reads and adds at places that indices name.</summary>
internal static class IndexTranslations
{
    private const int ReductionVersion = 16;

    public static Dictionary<Type, Translation> All { get; } = new()
    {
        [typeof(Gather)] = node => node.Give(node.Write.Add("Gather", [node.In(0), node.In(1)], Attributes.Int("axis", ((Gather)node.Op).Axis))),
        [typeof(TakeAlongAxis)] = node => node.Give(
            node.Write.Add("GatherElements", [node.In(0), node.In(1)], Attributes.Int("axis", ((TakeAlongAxis)node.Op).Axis))),
        [typeof(OneHot)] = OneHot,
        [typeof(Scatter)] = Scatter,
        [typeof(AddAlongAxis)] = node => Add(
            node, zeros => node.Write.Add(
                "ScatterElements", [zeros, node.In(1), node.In(0)], Attributes.Int("axis", ((AddAlongAxis)node.Op).Axis), Attributes.Text("reduction", "add"))),
    };

    private static void OneHot(NodeExport node)
    {
        OneHot op = (OneHot)node.Op;
        string values = node.Model.Constant("off and on", "offAndOn", () => Tensor.From(0f, 1f));
        string rows = node.Write.Add("OneHot", [node.Write.Cast(node.In(0), DataType.Int64), node.Model.Scalar(op.Depth, DataType.Int64), values]);
        node.Give(op.DataType == DataType.Float32 ? rows : node.Write.Cast(rows, op.DataType));
    }

    private static void Scatter(NodeExport node)
    {
        if (((Scatter)node.Op).Axis != 0)
        {
            throw node.Error("along another axis than the first has no operator in the format");
        }

        string indices = node.Write.Unsqueeze(node.In(1), node.Inputs[1].Type.Shape.Rank);
        Add(node, zeros => node.Write.Add("ScatterND", [zeros, node.Write.Cast(indices, DataType.Int64), node.In(0)], Attributes.Text("reduction", "add")));
    }

    private static void Add(NodeExport node, Func<string, string> write)
    {
        if (node.Model.Opset < ReductionVersion)
        {
            throw node.Error($"adds at places, which operator sets from {ReductionVersion} on have: ask for one");
        }

        node.Give(write(node.Write.Add("Expand", [node.Model.Scalar(0, node.DataType), node.Sizes.Of(node.ResultShape())])));
    }
}
