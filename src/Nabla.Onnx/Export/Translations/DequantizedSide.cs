using Nabla.Graphs;
using Nabla.Ops.Quantization;

namespace Nabla.Onnx.Export.Translations;

/// <summary>A side of a product that was made of bytes.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="Scale">Their scale.</param>
/// <param name="ZeroPoint">Their zero point.</param>
/// <param name="Axis">The axis of scale and zero point; null for one of all.</param>
internal sealed record DequantizedSide(Value Bytes, Value Scale, Value ZeroPoint, int? Axis)
{
    /// <summary>The side that a value is; null where it was not made so, or has a scale for each row.</summary>
    public static DequantizedSide? Of(Value value) => value is Result { Node: { Op: Dequantize op, Inputs: [{ } bytes, { } scale, { } zeroPoint] } }
        && (op.Axis is not null || scale.Type.Shape.Rank == 0)
        ? new DequantizedSide(bytes, scale, zeroPoint, op.Axis)
        : null;

    /// <summary>The activation of one scale that a value is.</summary>
    public static DequantizedSide? Activation(NodeExport node, int input) =>
        Of(node.Inputs[input]) is { Axis: null } side && node.Graph.Baking.Of(side.Bytes) is null ? side : null;

    /// <summary>The bytes of weights, and their tensors of scales, where all of it is part of the model.</summary>
    public static (Tensor Bytes, Tensor Scale, Tensor ZeroPoint, DequantizedSide Side)? Weights(NodeExport node, Value value) =>
        Of(value) is { } side && node.Graph.Baking.Of(side.Bytes) is { } bytes && node.Graph.Baking.Of(side.Scale) is { } scale
            && node.Graph.Baking.Of(side.ZeroPoint) is { } zeroPoint
            ? (bytes, scale, zeroPoint, side)
            : null;
}
