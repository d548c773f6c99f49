using Nabla.Onnx.Protos;
using static Nabla.Conformance.Runtime.CaseParts;

namespace Nabla.Conformance.Runtime;

/// <summary>Operators of small integers: channels and rows with scales and zero points of their own, groups, strides, paddings.</summary>
internal static class QuantizedCases
{
    public static IEnumerable<RuntimeCase> All()
    {
        yield return Convolution("plain", Bytes("x", 2, 3, 7, 6), Byte("wzx", 121), Bytes("wk", 4, 3, 3, 3), Scalar("wsk", 0.02f), Byte("wzk", 133), Byte("wzy", 118), Bias(4));
        yield return Convolution("strided_padded", Bytes("x", 1, 2, 9, 8), Byte("wzx", 3), Bytes("wk", 3, 2, 3, 2), Scalar("wsk", 0.03f), Byte("wzk", 128), Byte("wzy", 7), null, Ints("strides", 2, 3), Ints("pads", 1, 0, 2, 1), Ints("dilations", 2, 1));
        yield return Convolution("groups_of_channels", Bytes("x", 1, 4, 6, 6), Byte("wzx", 100), SignedBytes("wk", 6, 2, 3, 3), Positive("wsk", 6), GivenBytes("wzk", new sbyte[6]), Byte("wzy", 128), Bias(6), Int("group", 2), Ints("pads", 1, 1, 1, 1));
        yield return Convolution("depthwise", Bytes("x", 1, 5, 8, 7), Byte("wzx", 90), SignedBytes("wk", 5, 1, 3, 3), Positive("wsk", 5), GivenBytes("wzk", new sbyte[5]), Byte("wzy", 90), Bias(5), Int("group", 5), Ints("strides", 2, 2));
        yield return Convolution("signed", SignedBytes("x", 1, 3, 5, 5), SignedByte("wzx", -7), SignedBytes("wk", 2, 3, 3, 3), Positive("wsk", 2), GivenBytes("wzk", [0, 0]), SignedByte("wzy", 11), Bias(2));
        yield return Convolution("same_upper", Bytes("x", 1, 1, 8, 8), Byte("wzx", 128), Bytes("wk", 2, 1, 4, 3), Scalar("wsk", 0.01f), Byte("wzk", 120), Byte("wzy", 128), null, Word("auto_pad", "SAME_UPPER"), Ints("strides", 2, 2));
        yield return Product("of_rows", Bytes("x", 4, 9), Scalar("wsx", 0.02f), Byte("wzx", 130), SignedBytes("wk", 9, 5), Positive("wsk", 5), GivenBytes("wzk", new sbyte[5]), Byte("wzy", 125));
        yield return Product("batches", Bytes("x", 2, 3, 4, 6), Scalar("wsx", 0.01f), Byte("wzx", 110), Bytes("wk", 6, 3), Scalar("wsk", 0.03f), Byte("wzk", 140), Byte("wzy", 100));
        yield return Product("signed", SignedBytes("x", 5, 8), Scalar("wsx", 0.02f), SignedByte("wzx", 4), SignedBytes("wk", 8, 3), Scalar("wsk", 0.02f), SignedByte("wzk", -3), SignedByte("wzy", -20));
        yield return new("convinteger_no_zero_points", 10, "ConvInteger", 1, [Bytes("x", 1, 2, 5, 6), Bytes("wk", 3, 2, 2, 3)]);
        yield return new("convinteger_groups", 10, "ConvInteger", 1, [Bytes("x", 2, 4, 6, 5), Bytes("wk", 6, 2, 3, 3), Byte("wzx", 77), Byte("wzk", 99)], Int("group", 2), Ints("pads", 1, 1, 0, 2), Ints("strides", 1, 2));
        yield return new("convinteger_dilated", 10, "ConvInteger", 1, [Bytes("x", 1, 1, 9, 9), Bytes("wk", 2, 1, 3, 3), Byte("wzx", 255)], Ints("dilations", 2, 3));
        yield return new("matmulinteger_columns", 10, "MatMulInteger", 1, [Bytes("x", 4, 33), SignedBytes("wk", 33, 3), Byte("wzx", 129), GivenBytes("wzk", [2, -5, 7])]);
        yield return new("matmulinteger_plain", 10, "MatMulInteger", 1, [Bytes("x", 2, 3, 8), Bytes("wk", 8, 4)]);
        yield return new("matmulinteger_two_batches", 10, "MatMulInteger", 1, [Bytes("x", 3, 2, 7), SignedBytes("x2", 3, 7, 2), Byte("wzx", 4), SignedByte("wzk", -9)]);
        yield return new("quantizelinear_channels", 13, "QuantizeLinear", 1, [Floats("x", 2, 3, 4), Positive("ws", 3), GivenBytes("wz", [-3, 0, 9])], Int("axis", 1));
        yield return new("quantizelinear_no_zero_point", 10, "QuantizeLinear", 1, [Floats("x", 3, 5), Scalar("ws", 0.01f)]);
        yield return new("dequantizelinear_last_axis", 13, "DequantizeLinear", 1, [SignedBytes("x", 2, 3, 4), Positive("ws", 4), GivenBytes("wz", [1, 0, -9, 5])], Int("axis", -1));
        yield return new("dequantizelinear_int32", 10, "DequantizeLinear", 1, [Drawn("x", -70_000, 70_000, 3, 4), Scalar("ws", 0.004f)]);
        yield return new("dynamicquantizelinear_below_zero", 11, "DynamicQuantizeLinear", 3, [Floats("x", [-3.5f, -0.25f, -9f, -1f], 2, 2)]);
        yield return new("dynamicquantizelinear_above_zero", 11, "DynamicQuantizeLinear", 3, [Floats("x", [3.5f, 0.25f, 9f, 1f, 2.55f, 7.1f], 3, 2)]);
    }

    private static TensorProto Bias(int count) => Drawn("wb", -3000, 3000, count);

    private static RuntimeCase Convolution(
        string name, TensorProto x, TensorProto zeroX, TensorProto kernel, TensorProto scale, TensorProto zero, TensorProto zeroY, TensorProto? bias, params AttributeProto[] attributes) =>
        new($"qlinearconv_{name}", 10, "QLinearConv", 1, [x, Scalar("wsx", 0.017f), zeroX, kernel, scale, zero, Scalar("wsy", 0.11f), zeroY, .. bias is null ? [] : new[] { bias }], attributes);

    private static RuntimeCase Product(string name, TensorProto x, TensorProto scaleX, TensorProto zeroX, TensorProto kernel, TensorProto scale, TensorProto zero, TensorProto zeroY) =>
        new($"qlinearmatmul_{name}", 10, "QLinearMatMul", 1, [x, scaleX, zeroX, kernel, scale, zero, Scalar("wsy", 0.09f), zeroY]);
}
