using Nabla.Formats;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Tests.Export;

/// <summary>Models of bytes: as they are exported, and as ONNX Runtime has answered them.</summary>
public sealed class QuantizedExportTests
{
    private static readonly ExportCase[] Cases = [.. QuantizedCases.All()];

    public static TheoryData<string> Names() => [.. Cases.Select(item => item.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_exported_computes_the_same_within_one_quantum(string name)
    {
        ExportCase item = Cases.Single(item => item.Name == name);
        foreach (int opset in (int[])[13, 17, 22])
        {
            OnnxModel model = OnnxModel.Parse(item.ToBytes(new OnnxExportOptions { Opset = opset }), name);
            foreach ((int batch, double share) in ExportCase.Sizes)
            {
                Tensor[] inputs = item.Inputs(batch, share, batch);
                Assert.InRange(item.Difference(item.Function(inputs)[0], model.Compute(inputs)[0]), 0, item.Tolerance);
            }
        }
    }

    [Theory]
    [InlineData("convolution and rectifier", "QuantizeLinear QLinearConv")]
    [InlineData("convolution and pooling", "QuantizeLinear QLinearConv MaxPool")]
    [InlineData("product", "QuantizeLinear QLinearMatMul")]
    [InlineData("product with a bias", "QuantizeLinear MatMulInteger Cast Mul Mul Add Relu QuantizeLinear")]
    public void Operators_over_bytes_stand_where_there_are_some(string name, string expected)
    {
        ExportCase item = Cases.Single(item => item.Name == $"Quantised {name}, {QuantizedForm.Operators}");
        string[] expectedNodes = expected.Split(' ');
        string[] nodes = [.. ModelProto.Parser.ParseFrom(item.ToBytes(new OnnxExportOptions { ChannelsFirst = true })).Graph.Node.Select(node => node.OpType)];
        Assert.Equal(expectedNodes.Order(), nodes.Where(node => node is not ("Transpose" or "Relu") || expectedNodes.Contains(node)).Order());
    }

    [Fact]
    public void Weights_of_a_file_are_bytes()
    {
        foreach (ExportCase item in Cases.Where(item => item.IsAbsolute))
        {
            GraphProto graph = ModelProto.Parser.ParseFrom(item.ToBytes(new OnnxExportOptions())).Graph;
            Assert.All(graph.Initializer.Where(tensor => tensor.Dims.Aggregate(1L, (product, size) => product * size) > 12), tensor => Assert.Equal(OnnxTypes.Int8, tensor.DataType));
        }
    }

    // Written by 'dotnet run --project tests/Nabla.Conformance -- onnx-export --only Quantised --golden tests/Nabla.Onnx.Tests/Cases/quantized.safetensors'.
    [Theory]
    [MemberData(nameof(Names))]
    public void Answers_are_those_of_ONNX_Runtime_within_one_quantum(string name)
    {
        SafetensorsFile golden = Safetensors.Read(Path.Combine(AppContext.BaseDirectory, "Cases", "quantized.safetensors"));
        ExportCase item = Cases.Single(item => item.Name == name);
        Assert.InRange(item.Difference(golden[name], item.Function([golden[$"{name} input"]])[0]), 0, item.Tolerance);
    }
}
