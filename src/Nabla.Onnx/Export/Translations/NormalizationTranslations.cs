using Nabla.Ops.Normalizations;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Normalisation of rows.</summary>
internal static class NormalizationTranslations
{
    private const int LayerVersion = 17;

    public static Dictionary<Type, Translation> All { get; } = new() { [typeof(RowNormalization)] = Normalize };

    private static void Normalize(NodeExport node)
    {
        node.RequireFirstAlone();
        RowNormalization op = (RowNormalization)node.Op;
        node.Give(op.Centered && node.Model.Opset >= LayerVersion
            ? node.Write.Add("LayerNormalization", [node.In(0), node.In(1), node.In(2)], Attributes.Int("axis", -1), Attributes.Number("epsilon", op.Epsilon))
            : Composed(node, op));
    }

    private static string Composed(NodeExport node, RowNormalization op)
    {
        NodeWriter write = node.Write;
        int last = node.Rank - 1;
        string x = op.Centered ? write.Subtract(node.In(0), write.Reduce("ReduceMean", node.In(0), last)) : node.In(0);
        string variance = write.Reduce("ReduceMean", write.Multiply(x, x), last);
        string root = write.Add("Sqrt", [write.Add(variance, node.Model.Scalar(op.Epsilon, node.DataType))]);
        string scaled = write.Multiply(write.Add("Div", [x, root]), node.In(1));
        return IsZero(node.Baked(2)) ? scaled : write.Add(scaled, node.In(2));
    }

    private static bool IsZero(Tensor? bias) => bias is not null && bias.AllClose(Tensor.Zeros(bias.Shape, bias.DataType), 0, 0);
}
