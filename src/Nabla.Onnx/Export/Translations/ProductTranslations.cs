using Nabla.Graphs;
using Nabla.Ops.Products;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Products of matrices.</summary>
internal static class ProductTranslations
{
    public static Dictionary<Type, Translation> All { get; } = new()
    {
        [typeof(MatMul)] = MatMul,
        [typeof(DenseProduct)] = Dense,
    };

    private static void MatMul(NodeExport node)
    {
        if (IntegerProducts.TryMultiply(node))
        {
            return;
        }

        MatMul op = (MatMul)node.Op;
        if (!op.TransposeLeft && !op.TransposeRight && OfFlatImages(node) is var (rows, kernel))
        {
            node.Give(node.Write.Add("MatMul", [rows, kernel]));
            return;
        }

        node.Give(node.Write.Add("MatMul", [Matrix(node, 0, op.TransposeLeft), Matrix(node, 1, op.TransposeRight)]));
    }

    private static void Dense(NodeExport node)
    {
        if (IntegerProducts.TryMultiply(node))
        {
            return;
        }

        (string rows, string kernel) = OfFlatImages(node) ?? (node.In(0), node.In(1));
        string product = node.Write.Add("Gemm", [rows, kernel, node.Bias()]);
        node.Give(((DenseProduct)node.Op).Rectifies ? node.Write.Add("Relu", [product]) : product);
    }

    private static string Matrix(NodeExport node, int index, bool transposed)
    {
        Shape natural = StoredValues.Natural(node.Inputs[index].Type.Shape.Rank);
        return transposed ? node.In(index, [.. natural.SkipLast(2), natural[-1], natural[-2]]) : node.In(index);
    }

    // Where images were flattened as they stand, the rows of the kernel are brought into that order.
    private static (string Rows, string Kernel)? OfFlatImages(NodeExport node)
    {
        Value kernel = node.Inputs[1];
        if (kernel.Type.Shape.Rank != 2 || node.Values.FlatOf(node.Inputs[0]) is not { } images)
        {
            return null;
        }

        return DequantizedSide.Weights(node, kernel) is var (bytes, _, _, side)
            ? (images.Rows, QuantizationTranslations.Dequantize(node, side.Bytes, InOrderOf(images, bytes), side, side.Axis))
            : node.Baked(1) is { } weights ? (images.Rows, node.Model.Weight(Baking.NameOf(kernel), InOrderOf(images, weights))) : null;
    }

    /// <summary>The rows of a kernel in the order in which flattened images stand.</summary>
    public static Tensor InOrderOf(FlatImages images, Tensor weights)
    {
        int units = weights.Shape[1];
        return weights.Reshape([.. images.Sizes, units]).Transpose(2, 0, 1, 3).Reshape(-1, units);
    }
}
