using Google.Protobuf;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Tests.Operators;

/// <summary>Models of small integers: node by node and compiled they give the sums of the definition.</summary>
public sealed class QuantizedTests
{
    [Fact]
    public void A_product_of_small_integers_is_the_exact_sum()
    {
        const int Inner = 300;
        int[] left = [.. Enumerable.Range(0, 2 * Inner).Select(index => (index * 37) % 256)];
        int[] right = [.. Enumerable.Range(0, Inner * 3).Select(index => ((index * 91) % 256) - 128)];
        byte[] bytes = Typed(
            Models.Of(21, ["x"], ["y"], [Models.Node("MatMulInteger", ["x", "w", "zero_x", "zero_w"], ["y"])],
                Weight("w", OnnxTypes.Int8, right, Inner, 3), Weight("zero_x", OnnxTypes.UInt8, [131]), Weight("zero_w", OnnxTypes.Int8, [1, -2, 3], 3)),
            OnnxTypes.UInt8);
        OnnxModel model = OnnxModel.Parse(bytes, "product.onnx");
        int[] zeros = [1, -2, 3];
        int[] expected = [.. from row in Enumerable.Range(0, 2)
                             from column in Enumerable.Range(0, 3)
                             select Enumerable.Range(0, Inner).Sum(inner => (left[(row * Inner) + inner] - 131) * (right[(inner * 3) + column] - zeros[column]))];
        Tensor x = Tensor.From(Array.ConvertAll(left, value => (byte)value), [2, Inner]);
        Assert.Equal(expected, model.Compute(x)[0].ToArray<int>());
        Assert.Equal(expected, model.Run(x)[0].ToArray<int>());
    }

    [Fact]
    public void A_quantised_network_runs_compiled_as_node_by_node()
    {
        float[] kernel = [.. Enumerable.Range(0, 18).Select(index => MathF.Sin(index))];
        NodeProto[] nodes =
        [
            Models.Node("QuantizeLinear", ["x", "scale", "zero"], ["q"]),
            Models.Node("DequantizeLinear", ["q", "scale", "zero"], ["d"]),
            Models.Node("Conv", ["d", "kernel"], ["c"], Models.Ints("pads", 1, 1, 1, 1)),
            Models.Node("QuantizeLinear", ["c", "scale", "zero"], ["y"]),
        ];
        byte[] bytes = Models.Of(17, ["x"], ["y"], nodes, Models.Weight("scale", [0.125f]), Weight("zero", OnnxTypes.Int8, [5]), Models.Weight("kernel", kernel, 2, 1, 3, 3));
        OnnxModel model = OnnxModel.Parse(bytes, "steps.onnx");
        Tensor x = Tensor.From([.. Enumerable.Range(0, 42).Select(index => 20 * MathF.Sin(index * 1.7f))], [1, 1, 6, 7]);
        sbyte[] found = model.Run(x)[0].ToArray<sbyte>();
        Assert.Equal(model.Compute(x)[0].ToArray<sbyte>(), found);
        Assert.Contains((sbyte)127, found);
        Assert.Contains((sbyte)-128, found);
    }

    [Theory]
    [InlineData(OnnxTypes.Int8, new[] { 300f, -129f, 2.9f, -2.9f }, new[] { 44, 127, 2, -2 })]
    [InlineData(OnnxTypes.UInt16, new[] { 65536f, -1f, 2.9f, 65535f }, new[] { 0, 65535, 2, 65535 })]
    [InlineData(OnnxTypes.Int4, new[] { 7f, 8f, -8f, -9f }, new[] { 7, -8, -8, 7 })]
    public void A_cast_to_small_integers_wraps_around(int type, float[] values, int[] expected)
    {
        OnnxModel model = OnnxModel.Parse(Models.OfNode("Cast", 1, attributes: Models.Int("to", type)), "cast.onnx");
        Assert.Equal(expected, model.Compute(Tensor.From(values))[0].To(DataType.Int32).ToArray<int>());
        Assert.Equal(expected, model.Run(Tensor.From(values))[0].To(DataType.Int32).ToArray<int>());
    }

    [Fact]
    public void Blocks_that_do_not_fit_are_named()
    {
        byte[] bytes = Models.Of(
            21, ["x"], ["y"], [Models.Node("QuantizeLinear", ["x", "scale"], ["y"], Models.Int("axis", 1), Models.Int("block_size", 2))],
            Models.Weight("scale", [1, 2], 1, 2));
        ArgumentException error = Assert.Throws<ArgumentException>(() => OnnxModel.Parse(bytes, "blocks.onnx").Compute(Tensor.Ones([1, 6])));
        Assert.Contains("a scale for each 2 of axis 1 of [1, 6] but got [1, 2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Packed_elements_that_are_missing_are_named()
    {
        TensorProto tensor = new() { Name = "w", DataType = OnnxTypes.Int4, RawData = ByteString.CopyFrom(0x21) };
        tensor.Dims.Add(3);
        byte[] bytes = Models.Of(21, ["x"], ["y"], [Models.Node("Identity", ["w"], ["y"])], tensor);
        Formats.InvalidFileException error = Assert.Throws<Formats.InvalidFileException>(() => OnnxModel.Parse(bytes, "short.onnx"));
        Assert.Contains("expected 2 bytes for [3], got 1", error.Message, StringComparison.Ordinal);
    }

    private static TensorProto Weight(string name, int type, int[] values, params long[] dimensions)
    {
        TensorProto tensor = new() { Name = name, DataType = type };
        tensor.Dims.AddRange(dimensions);
        tensor.Int32Data.AddRange(values);
        return tensor;
    }

    private static byte[] Typed(byte[] bytes, int type)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(bytes);
        model.Graph.Input[0].Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type } };
        return model.ToByteArray();
    }
}
