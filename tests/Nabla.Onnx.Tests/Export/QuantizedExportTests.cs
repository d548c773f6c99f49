using Nabla.Formats;
using Nabla.Graphs;
using Nabla.Onnx.Protos;
using Nabla.Ops.Recurrent;

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

    // The format has no recurrent operator that rounds states, so the floats of the kernel are compared without that.
    [Fact]
    public void A_recurrent_kernel_of_bytes_is_written_as_the_floats_that_it_stands_for()
    {
        RandomKey key = RandomKey.FromSeed(3);
        Cell kernel = new("kernel", key.Integers([3, 12], -63, 64, DataType.Int8));
        Cell scale = new("kernel_scale", key.Uniform([12], 0.001, 0.01));
        Tensor[] Run(Tensor x, bool rounds)
        {
            Tensor weights = kernel.Value.Dequantize(scale.Value, Tensor.Zeros([12], DataType.Int8), 1);
            Tensor zeros = Tensor.Zeros([x.Shape[0], 3]);
            return [new Recurrence(RecurrentCell.Lstm, Reverse: true, RoundsStates: rounds).Apply(x, weights, Tensor.Ones([12]), Tensor.Full([x.Shape[0]], 5, DataType.Int32), zeros, zeros)[0]];
        }

        GraphInput[] inputs = [new("x", DataType.Float32, ["batch", 5, 12])];
        OnnxModel model = OnnxModel.Parse(OnnxExport.ToBytes(x => Run(x[0], rounds: true), inputs, new OnnxExportOptions()), "recurrent");
        Tensor x = key.Normal([4, 5, 12]);
        Assert.All(Run(x, rounds: false)[0].ToArray<float>().Zip(model.Compute(x)[0].ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(Run(x, rounds: true)[0].ToArray<float>().Zip(model.Compute(x)[0].ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
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
