using Nabla.Ops.Quantization;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Passes;

/// <summary>A value that stands for bytes with a scale and a zero point.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="Scale">The scale.</param>
/// <param name="ZeroPoint">The zero point.</param>
/// <param name="Axis">The axis that they are along; null for one, or one a row.</param>
internal sealed record QuantizedOperand(Value Bytes, Value Scale, Value ZeroPoint, int? Axis)
{
    /// <summary>Whether the bytes are signed and zero stands for zero.</summary>
    public bool IsSymmetric => Bytes.Type.DataType == DataType.Int8 && ZeroPoint is Constant constant && !constant.Tensor.AsBytes().ContainsAnyExcept((byte)0);

    private bool IsScalar => Scale.Type.Shape.ElementCount == 1;

    /// <summary>The bytes of a value that was dequantised, or made to look so, and only moved since; null for another.</summary>
    public static QuantizedOperand? Of(Value value, GraphBuilder builder) => value switch
    {
        Result { Node: { Op: Dequantize op } node } => new(node.Inputs[0], node.Inputs[1], node.Inputs[2], op.Axis),
        Result { Node: { Op: FakeQuantize op } node } => new(builder.Add(new Quantize(op.Axis), [.. node.Inputs])[0], node.Inputs[1], node.Inputs[2], op.Axis),
        Result { Node: { Op: Reshape reshape } node } => Of(node.Inputs[0], builder)?.Reshaped(reshape, builder),
        Result { Node: { Op: Transpose transpose } node } => Of(node.Inputs[0], builder)?.Transposed(transpose, builder),
        _ => null,
    };

    /// <summary>As weights: a scale for each of the columns, along the last axis; null where they are along another.</summary>
    public QuantizedOperand? AsColumns(int columns, GraphBuilder builder) =>
        Axis == Bytes.Type.Shape.Rank - 1 ? this
        : IsScalar ? this with { Scale = builder.Add(new BroadcastTo([columns]), builder.Add(new Reshape([1]), Scale)[0])[0] }
        : null;

    /// <summary>As what weights multiply: uint8 with one scale, or one a row; null for another.</summary>
    public QuantizedOperand? AsRows(bool mayBeRows) =>
        Bytes.Type.DataType == DataType.UInt8 && (Scale.Type.Shape.Rank == 0 || (mayBeRows && Bytes.Type.Shape.Rank == 2 && Axis is null or 0)) ? this : null;

    // Rows stay rows while their length does, and so does what is along the last axis.
    private QuantizedOperand? Reshaped(Reshape reshape, GraphBuilder builder)
    {
        Value bytes = builder.Add(reshape, Bytes)[0];
        if (Scale.Type.Shape.Rank == 0)
        {
            return this with { Bytes = bytes };
        }

        Shape shape = reshape.Shape;
        if (shape.Rank == 0 || shape[-1] != Bytes.Type.Shape[-1])
        {
            return null;
        }

        return Axis == Bytes.Type.Shape.Rank - 1 ? this with { Bytes = bytes, Axis = shape.Rank - 1 }
            : Axis is null
            ? new(bytes, builder.Add(new Reshape(shape.Without(shape.Rank - 1)), Scale)[0], builder.Add(new Reshape(shape.Without(shape.Rank - 1)), ZeroPoint)[0], null)
            : null;
    }

    private QuantizedOperand? Transposed(Transpose transpose, GraphBuilder builder) =>
        Axis is { } axis ? this with { Bytes = builder.Add(transpose, Bytes)[0], Axis = Array.IndexOf(transpose.Axes.ToArray(), axis) }
        : Scale.Type.Shape.Rank == 0 ? this with { Bytes = builder.Add(transpose, Bytes)[0] }
        : null;
}
