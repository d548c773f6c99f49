using Nabla.Ops.Elementwise;
using Nabla.Ops.Products;
using Nabla.Ops.Quantization;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Brings quantisation next to what computes: it goes before reshapes and transposes, which then move bytes, and these go on behind the bytes'
/// numbers, where they meet others. Signed bytes that are only read as numbers become unsigned ones, which the kernels multiply.
/// </summary>
internal static class QuantizedOrderPass
{
    private const int SignedZero = 128;

    /// <summary>The same numbers in another order of ops.</summary>
    public static Graph OrderQuantization(this Graph graph)
    {
        Readers readers = Readers.In(graph);
        return graph.Rewrite((node, inputs, builder) => node.Op switch
        {
            Quantize { Axis: null } quantize when inputs[1].Type.Shape.Rank == 0 => Early(quantize, node, inputs, readers, builder),
            Dequantize dequantize => Late(dequantize, node, inputs, readers, builder) ?? Unsigned(dequantize, node, inputs, readers, builder),
            MatMul { TransposeRight: true } product when inputs[1].Type.Shape.Rank == 2 && inputs[1] is Result { Node.Op: Dequantize }
                => builder.Add(product with { TransposeRight = false }, inputs[0], builder.Add(new Transpose([1, 0]), inputs[1])[0]),
            _ => null,
        });
    }

    private static IReadOnlyList<Value>? Early(Quantize quantize, Node node, Value[] inputs, Readers readers, GraphBuilder builder) =>
        inputs[0] is Result { Node: { Op: Reshape or Transpose } moved } && readers.IsReadOnce(node.Inputs[0])
            ? builder.Add(moved.Op, builder.Add(quantize, moved.Inputs[0], inputs[1], inputs[2])[0])
            : null;

    private static IReadOnlyList<Value>? Late(Dequantize dequantize, Node node, Value[] inputs, Readers readers, GraphBuilder builder)
    {
        if (inputs[0] is not Result { Node: { Op: Reshape or Transpose } moved } || moved.Inputs[0] is not Result { Node.Op: Quantize or QuantizedProduct })
        {
            return null;
        }

        bool fits = inputs[1].Type.Shape.Rank == 0 && !readers.Keeps(node.Inputs[0]);
        return fits ? builder.Add(moved.Op, builder.Add(dequantize, moved.Inputs[0], inputs[1], inputs[2])[0]) : null;
    }

    private static IReadOnlyList<Value>? Unsigned(Dequantize dequantize, Node node, Value[] inputs, Readers readers, GraphBuilder builder)
    {
        bool isSigned = inputs[0] is Result { Node.Op: Quantize } && inputs[0].Type.DataType == DataType.Int8 && !readers.Keeps(node.Inputs[0])
            && readers.Of(node.Inputs[0]).All(reader => reader.Op is Dequantize);
        if (!isSigned)
        {
            return null;
        }

        Node quantized = ((Result)inputs[0]).Node;
        return IsSame(quantized.Inputs[2], inputs[2]) ? Both(quantized, dequantize, inputs, builder) : null;
    }

    private static bool IsSame(Value left, Value right) => left == right
        || (left is Constant one && right is Constant other && one.Type == other.Type && one.Tensor.AsBytes().SequenceEqual(other.Tensor.AsBytes()));

    private static IReadOnlyList<Value> Both(Node quantized, Dequantize dequantize, Value[] inputs, GraphBuilder builder)
    {
        Value wide = builder.Add(new Cast(DataType.Int32), inputs[2])[0];
        Value shifted = builder.Add(new Binary<Add>(default), wide, new Constant(Tensor.Scalar(SignedZero)))[0];
        Value zeroPoint = builder.Add(new Cast(DataType.UInt8), shifted)[0];
        return builder.Add(dequantize, builder.Add((Quantize)quantized.Op, quantized.Inputs[0], quantized.Inputs[1], zeroPoint)[0], inputs[1], zeroPoint);
    }
}
