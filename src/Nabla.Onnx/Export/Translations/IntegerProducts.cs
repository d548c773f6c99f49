using Nabla.Graphs;
using Nabla.Onnx.Protos;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;
using Nabla.Ops.Products;
using Nabla.Ops.Quantization;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Products of two dequantised sides as operators over bytes.</summary>
internal static class IntegerProducts
{
    private static readonly Shape OutputsFirst = [3, 2, 0, 1];

    /// <summary>The quantisations of results, each by the product that it is written with: those that alone read a product of bytes.</summary>
    public static Dictionary<Node, Node> Quantizations(GraphTranslator graph)
    {
        Dictionary<Node, Node> found = new(ReferenceEqualityComparer.Instance);
        foreach (Node product in graph.Graph.Graph.Nodes.Where(node => graph.Form == QuantizedForm.Operators && IsOfBytes(graph, node)))
        {
            Result result = product.Results[0];
            if (graph.Readers.IsReadOnce(result) && graph.Readers.Of(result)[0] is { Op: Quantize { Axis: null }, Inputs: [_, { Type.Shape.Rank: 0 }, _] } quantization)
            {
                found[product] = quantization;
            }
        }

        return found;
    }

    /// <summary>Writes a convolution; false where its sides are no bytes.</summary>
    public static bool TryConvolve(NodeExport node, Convolution op, MaxPooling? pooling)
    {
        if (!IsWanted(node) || DequantizedSide.Activation(node, 0) is not { } x || DequantizedSide.Weights(node, node.Inputs[1]) is not var (bytes, scale, _, weights))
        {
            return false;
        }

        string images = node.Values.In(x.Bytes, ConvolutionTranslations.ChannelsFirst);
        string kernel = node.Model.Weight(Baking.NameOf(weights.Bytes), bytes.Transpose([.. OutputsFirst]));
        AttributeProto[] attributes = ConvolutionTranslations.AllAttributes(op, node.Inputs[1].Type.Shape);
        string[] ofX = QuantizationTranslations.Parameters(node, x.Scale, x.ZeroPoint);
        if (!op.Residual && node.Graph.QuantizationBehind(node.Node) is { } behind && Holds(node, behind, op.Relu))
        {
            string[] bias = op.HasBias(node.Inputs.Count) ? [WholeBias(node, x, scale)] : [];
            string result = node.Write.Add(
                "QLinearConv",
                [images, .. ofX, kernel, .. QuantizationTranslations.Parameters(node, weights.Scale, weights.ZeroPoint), .. QuantizationTranslations.Parameters(node, behind.Inputs[1], behind.Inputs[2]), .. bias],
                attributes);
            node.Values.Define(behind.Results[0], Pooled(node, result, pooling), ConvolutionTranslations.ChannelsFirst);
            return true;
        }

        string sums = node.Write.Add("ConvInteger", [images, kernel, ofX[1], Zero(node)], attributes);
        string product = Finished(node, sums, ofX[0], Channels(scale), op.HasBias(node.Inputs.Count) ? Channels(node.Baked(2)!) : null);
        product = op.Residual ? node.Write.Add(product, node.In(node.Inputs.Count - 1, ConvolutionTranslations.ChannelsFirst)) : product;
        node.Give(Pooled(node, op.Relu ? node.Write.Add("Relu", [product]) : product, pooling), ConvolutionTranslations.ChannelsFirst);
        QuantizeBehind(node, ConvolutionTranslations.ChannelsFirst);
        return true;
    }

    /// <summary>Writes a product of matrices; false where its sides are no bytes.</summary>
    public static bool TryMultiply(NodeExport node)
    {
        if (!IsWanted(node) || DequantizedSide.Activation(node, 0) is not { } x || DequantizedSide.Weights(node, node.Inputs[1]) is not var (bytes, scale, _, weights))
        {
            return false;
        }

        bool turned = node.Op is MatMul { TransposeRight: true };
        FlatImages? flat = turned ? null : node.Values.FlatOf(x.Bytes);
        Tensor kernelBytes = flat is null ? (turned ? bytes.Transpose(1, 0) : bytes) : ProductTranslations.InOrderOf(flat, bytes);
        string kernel = node.Model.Weight(Baking.NameOf(weights.Bytes), kernelBytes);
        string rows = flat?.Rows ?? node.Values.In(x.Bytes);
        string[] ofX = QuantizationTranslations.Parameters(node, x.Scale, x.ZeroPoint);
        if (node.Op is MatMul && node.Graph.QuantizationBehind(node.Node) is { } behind)
        {
            string[] ofWeights = QuantizationTranslations.Parameters(node, weights.Scale, weights.ZeroPoint);
            node.Values.Define(
                behind.Results[0],
                node.Write.Add("QLinearMatMul", [rows, .. ofX, kernel, .. ofWeights, .. QuantizationTranslations.Parameters(node, behind.Inputs[1], behind.Inputs[2])]));
            return true;
        }

        string product = Finished(node, node.Write.Add("MatMulInteger", [rows, kernel, ofX[1], Zero(node)]), ofX[0], scale, node.Op is DenseProduct ? node.Baked(2)! : null);
        node.Give(node.Op is DenseProduct { Rectifies: true } ? node.Write.Add("Relu", [product]) : product);
        QuantizeBehind(node, StoredValues.Natural(2));
        return true;
    }

    private static bool IsWanted(NodeExport node) => node.Graph.Form == QuantizedForm.Operators && IsOfBytes(node.Graph, node.Node);

    private static bool IsOfBytes(GraphTranslator graph, Node node)
    {
        bool isProduct = node.Op is Convolution or PooledConvolution or DenseProduct or MatMul { TransposeLeft: false };
        return isProduct && DequantizedSide.Of(node.Inputs[0]) is { Axis: null } x && graph.Baking.Of(x.Bytes) is null && graph.Baking.Of(x.Scale) is not null
            && DequantizedSide.Of(node.Inputs[1]) is { } weights && graph.Baking.Of(weights.Bytes) is { } bytes && graph.Baking.Of(weights.Scale) is not null
            && (node.Op is not MatMul || bytes.Rank == 2)
            && (node.Inputs.Count < (node.Op is Convolution { Residual: true } ? 4 : 3) || graph.Baking.Of(node.Inputs[2]) is not null);
    }

    // A rectifier is what the least byte does, where that stands for zero.
    private static bool Holds(NodeExport node, Node quantization, bool rectifies) =>
        !rectifies || node.Graph.Baking.Of(quantization.Inputs[2]) is { DataType: DataType.UInt8 } zeroPoint && zeroPoint.ToDouble() == 0;

    // The quantisation that was left out for an operator that did not take it.
    private static void QuantizeBehind(NodeExport node, Shape form)
    {
        if (node.Graph.QuantizationBehind(node.Node) is { } behind)
        {
            string[] parameters = QuantizationTranslations.Parameters(node, behind.Inputs[1], behind.Inputs[2]);
            node.Values.Define(behind.Results[0], node.Write.Add("QuantizeLinear", [node.Values.In(node.Node.Results[0], form), .. parameters]), form);
        }
    }

    // sums * (scale of x * scale of the weights) + bias
    private static string Finished(NodeExport node, string sums, string scale, Tensor scales, Tensor? bias)
    {
        string factor = node.Write.Multiply(scale, node.Model.Weight("scale", scales));
        string product = node.Write.Multiply(node.Write.Cast(sums, DataType.Float32), factor);
        return bias is null ? product : node.Write.Add(product, node.Model.Weight("bias", bias));
    }

    private static Tensor Channels(Tensor vector) => vector.Rank == 0 ? vector : vector.Reshape(-1, 1, 1);

    private static string Zero(NodeExport node) => node.Model.Scalar(0, DataType.Int8);

    // In steps of the product of both scales.
    private static string WholeBias(NodeExport node, DequantizedSide x, Tensor scale)
    {
        Tensor step = scale.To(DataType.Float64) * node.Graph.Baking.Of(x.Scale)!.To(DataType.Float64);
        Tensor steps = (node.Baked(2)!.To(DataType.Float64) / step).Round().Clip(int.MinValue, int.MaxValue);
        return node.Model.Weight(Baking.NameOfBias(node.Inputs[1], node.Inputs[2]), steps.To(DataType.Int32));
    }

    private static string Pooled(NodeExport node, string x, MaxPooling? pooling) => pooling is null ? x : node.Write.Add(
        "MaxPool", [x], ConvolutionTranslations.Attributes(pooling.Window, pooling.Size.Height, pooling.Size.Width));
}
