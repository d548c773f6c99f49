using System.Text.Json;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Graphs;
using Nabla.Layers;
using Nabla.Onnx.Protos;
using Nabla.Tests;
using Nabla.Transforms;
using Nabla.Vision;

namespace Nabla.Onnx.Tests.Export;

/// <summary>Networks and functions that are exported, read again, and compared with themselves; the peers' solution compares them with ONNX Runtime.</summary>
public sealed class OnnxExportTests
{
    private const double Tolerance = 1e-5;

    private static readonly ExportCase[] Cases = [.. LayerCases.All(), .. NetworkCases.All(), .. OpCases.All()];

    public static TheoryData<string> Names() => [.. Cases.Select(item => item.Name)];

    // A graph as a layer is made of the ops that the other cases are made of.
    [Fact]
    public void Every_kind_of_layer_has_a_case() =>
        Assert.Empty(LayerCatalogue.Names.Except(LayerCases.All().SelectMany(item => item.Kinds)).Except(["GraphLayer"]));

    [Fact]
    public void Names_of_cases_differ() => Assert.Equal(Cases.Length, Cases.Select(item => item.Name).Distinct().Count());

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_exported_computes_the_same_for_batches_and_lengths_of_any_size(string name)
    {
        ExportCase item = Cases.Single(item => item.Name == name);
        OnnxModel model = OnnxModel.Parse(item.ToBytes(new OnnxExportOptions()), name);
        foreach ((int batch, double share) in ExportCase.Sizes)
        {
            Tensor[] inputs = item.Inputs(batch, share, batch);
            Tensor[] expected = item.Function(inputs);
            Tensor[] actual = model.Compute(inputs);
            Assert.Equal(expected.Length, actual.Length);
            foreach ((Tensor ours, Tensor theirs) in expected.Zip(actual))
            {
                Assert.Equal(ours.Type, theirs.Type);
                Assert.True(theirs.AllClose(ours, Tolerance, Tolerance), $"{name}, batch {batch}: {theirs} instead of {ours}");
            }
        }
    }

    [Theory]
    [InlineData(13)]
    [InlineData(18)]
    [InlineData(22)]
    public void Other_operator_sets_compute_the_same(int opset)
    {
        foreach (ExportCase item in Cases.Where(item => opset >= item.OldestOpset && item.Kinds.Count < 4))
        {
            OnnxModel model = OnnxModel.Parse(item.ToBytes(new OnnxExportOptions { Opset = opset }), item.Name);
            Assert.Equal(opset, model.Opset);
            Tensor[] inputs = item.Inputs(2, 1, 1);
            foreach ((Tensor ours, Tensor theirs) in item.Function(inputs).Zip(model.Compute(inputs)))
            {
                Assert.True(theirs.AllClose(ours, Tolerance, Tolerance), $"{item.Name}, operator set {opset}: {theirs} instead of {ours}");
            }
        }
    }

    [Fact]
    public void A_convolutional_network_turns_images_around_where_they_come_in_alone()
    {
        Assert.Equal(1, Transposes(OnnxExport.ToBytes(NetworkCases.Digits())));
        Assert.Equal(1, Transposes(OnnxExport.ToBytes(ResNet.Create18(4, [32, 32, 3]))));
        Assert.Equal(0, Transposes(OnnxExport.ToBytes(NetworkCases.Digits(), new OnnxExportOptions { ChannelsFirst = true })));
        Assert.Equal(0, Transposes(OnnxExport.ToBytes(ResNet.Create18(4, [32, 32, 3]), new OnnxExportOptions { ChannelsFirst = true })));
    }

    [Fact]
    public void Images_go_in_and_come_out_channels_first_where_that_is_asked_for()
    {
        Sequential network = new([8, 6, 3], 1, new Conv2D(4, 3, ActivationKind.Relu, padding: Padding.Same), new UpSampling2D(2));
        OnnxModel model = OnnxModel.Parse(OnnxExport.ToBytes(network, new OnnxExportOptions { ChannelsFirst = true }), "images");
        Assert.Equal([-1, 3, 8, 6], model.Inputs[0].Dimensions);
        Assert.Equal([-1, 4, 16, 12], model.Outputs[0].Dimensions);
        Tensor images = RandomKey.FromSeed(1).Normal([2, 8, 6, 3]);
        Assert.True(model.Compute(images.Transpose(0, 3, 1, 2))[0].AllClose(network.Forward(images).Transpose(0, 3, 1, 2), Tolerance, Tolerance));
    }

    [Fact]
    public void Weights_have_the_names_of_the_parameters_and_sizes_that_stay_open_have_names()
    {
        Sequential network = NetworkCases.Digits();
        GraphProto graph = ModelProto.Parser.ParseFrom(OnnxExport.ToBytes(network)).Graph;
        string[] expected = [.. network.NamedParameters.Select(pair => pair.Key).Where(name => !name.StartsWith("2.", StringComparison.Ordinal))];
        Assert.Empty(expected.Except(graph.Initializer.Select(weight => weight.Name)));
        Assert.Equal([4, 1, 3, 3], graph.Initializer.Single(weight => weight.Name == "0.kernel").Dims.Select(size => (int)size));
        Assert.Equal("batch", graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam);
        Sequential text = new([7], 1, new Embedding(5, 3), new Lstm(2) { ReturnSequences = true });
        TensorShapeProto open = ModelProto.Parser.ParseFrom(OnnxExport.ToBytes(text)).Graph.Output[0].Type.TensorType.Shape;
        Assert.Equal(["batch", "time", ""], open.Dim.Select(size => size.DimParam));
        TensorShapeProto whole = ModelProto.Parser.ParseFrom(OnnxExport.ToBytes(text, new OnnxExportOptions { FreeBatch = false, FreeTime = false })).Graph.Output[0].Type.TensorType.Shape;
        Assert.Equal([1, 7, 2], whole.Dim.Select(size => (int)size.DimValue));
    }

    [Fact]
    public void What_is_an_output_twice_or_an_input_or_a_weight_is_handed_through()
    {
        Tensor weight = Tensor.From(1f, 2f);
        GraphInput[] inputs = [new("x", DataType.Float32, "batch", 2)];
        Tensor x = Tensor.From([3f, -4f], [1, 2]);
        foreach (bool first in (bool[])[true, false])
        {
            Tensor[] results = OnnxModel.Parse(OnnxExport.ToBytes(
                x => first ? [x[0].Relu(), x[0].Relu(), x[0], weight, x[0].Relu() + 1] : [x[0], weight, x[0].Relu() + 1, x[0].Relu(), x[0].Relu()], inputs), "twice").Compute(x);
            Tensor[] ordered = first ? results : [results[3], results[4], results[0], results[1], results[2]];
            Assert.Equal([[3f, 0f], [3f, 0f], [3f, -4f], [1f, 2f], [4f, 1f]], ordered.Select(result => result.ToArray<float>()));
        }
    }

    [Fact]
    public void A_saved_model_says_in_the_file_what_it_is()
    {
        SavedModel model = new("digits", NetworkCases.Digits())
        {
            Labels = ["zero", "één"],
            Licence = "CC BY 4.0",
            Preprocessing = new ModelPreprocessing(Image: new ImagePreprocessing { Height = 12, Width = 12, Channels = 1 }),
        };
        ModelProto proto = ModelProto.Parser.ParseFrom(OnnxExport.ToBytes(model));
        Dictionary<string, string> metadata = proto.MetadataProps.ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal("nabla", proto.ProducerName);
        Assert.Equal("digits", proto.Graph.Name);
        Assert.Equal(["zero", "één"], JsonSerializer.Deserialize<string[]>(metadata["labels"])!);
        Assert.Equal("CC BY 4.0", metadata["licence"]);
        Assert.Equal("Classification", metadata["task"]);
        Assert.Contains("\"image\"", metadata["preprocessing"], StringComparison.Ordinal);
        Assert.Equal([model.Signature.Inputs[0].Name], proto.Graph.Input.Select(input => input.Name));
        Assert.Equal([model.Signature.Outputs[0].Name], proto.Graph.Output.Select(output => output.Name));
    }

    [Fact]
    public void Large_weights_go_into_a_file_beside_the_model_and_older_ones_go_away()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("model.onnx");
        Tensor images = RandomKey.FromSeed(3).Normal([2, 12, 12, 1]);
        foreach (int seed in (int[])[1, 2])
        {
            Sequential network = new([12, 12, 1], seed, new Flatten(), new Dense(9), new Dense(4));
            OnnxExport.Save(path, network, new OnnxExportOptions { ExternalData = true });
            Assert.True(OnnxModel.Load(path).Compute(images)[0].AllClose(network.Forward(images), Tolerance, Tolerance));
            Assert.True(new FileInfo(path).Length < 3000);
            Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(path)!).Length);
        }
    }

    [Fact]
    public void A_failed_export_leaves_the_old_file()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("model.onnx");
        OnnxExport.Save(path, NetworkCases.Digits());
        byte[] before = File.ReadAllBytes(path);
        Assert.Throws<NotSupportedException>(() => OnnxExport.Save(path, Slopes, [new GraphInput("x", DataType.Float32, "batch", 4, 4, 1)]));
        Assert.Throws<ArgumentException>(() => OnnxExport.Save(path, NetworkCases.Digits(), new OnnxExportOptions { Outputs = ["one", "two"] }));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Ops_that_cannot_be_exported_are_named_all_at_once()
    {
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => OnnxExport.ToBytes(Slopes, [new GraphInput("x", DataType.Float32, 2, 4, 4, 1)]));
        Assert.Contains("MaxPooling", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxPoolingGradient", error.Message, StringComparison.Ordinal);
        Assert.Contains("SoftmaxGradient", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_options_and_inputs_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxExportOptions { Opset = 12 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxExportOptions { Opset = 23 });
        Assert.Throws<ArgumentOutOfRangeException>(() => GraphSize.UpTo("time", 3));
        Assert.Throws<ArgumentException>(() => OnnxExport.ToBytes(x => x, [new("x", DataType.Float32, 2), new("x", DataType.Float32, 2)]));
        Assert.Throws<ArgumentException>(() => OnnxExport.ToBytes(x => [Tensor.Ones([2])], []));
        NotSupportedException error = Assert.Throws<NotSupportedException>(
            () => OnnxExport.ToBytes(x => [x[0].Reshape(1, -1, 2, 4).Rotary()], [new("x", DataType.Float32, "steps", 2, 4)]));
        Assert.Contains("largest number of steps", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_code_of_the_guide_runs()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("model.onnx");
        Sequential network = NetworkCases.Digits();
        SavedModel model = new("digits", network);
        OnnxExport.Save(path, network);
        OnnxExport.Save(path, model, new OnnxExportOptions { Opset = 20, ChannelsFirst = true });
        Assert.Equal(20, OnnxModel.Load(path).Opset);
        GraphInput[] inputs = [new("question", DataType.Float32, "batch", 64), new("answer", DataType.Float32, "batch", 64)];
        OnnxExport.Save(path, x => [(x[0] * x[1]).Sum([1])], inputs);
        Tensor[] given = [Tensor.Ones([3, 64]), Tensor.Ones([3, 64])];
        Assert.Equal([64f, 64f, 64f], OnnxModel.Load(path).Compute(given)[0].ToArray<float>());
    }

    private static Tensor[] Slopes(Tensor[] x) =>
        Gradients.ValueAndGradient(() => x[0].MaxPool2D(2).Reshape(x[0].Shape[0], 4).Softmax().Square().Sum(), x[0]).Gradients;

    private static int Transposes(byte[] model) => ModelProto.Parser.ParseFrom(model).Graph.Node.Count(node => node.OpType == "Transpose");
}
