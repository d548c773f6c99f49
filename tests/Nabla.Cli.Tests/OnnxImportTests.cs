using System.Text.Json;
using Google.Protobuf;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Onnx;
using Nabla.Onnx.Protos;
using Nabla.Onnx.Tests;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>From an ONNX file to a model folder, and what can be done with it there.</summary>
public sealed class OnnxImportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_network_of_images_is_imported_compared_shown_and_asked()
    {
        string file = folder.Write("digits.onnx", Digits(batch: null));
        string notes = Cli.Run("import", file, "--out", folder.File("model"), "--softmax").Succeeds().Output;
        Assert.Contains("taken as images [height, width, channels]", notes, StringComparison.Ordinal);
        SavedModel model = ModelFolder.Load(folder.File("model"));
        Assert.Equal([28, 28, 1], model.Network.InputShape);
        Assert.Equal("image", model.Signature.Inputs[0].Name);
        Assert.Equal(["1.w1", "1.b1", "1.w2"], model.Network.TrainableParameters.Select(pair => pair.Key));
        Cli.Run("import", file, "--out", folder.File("logits.nabla")).Succeeds();
        Cli.Run("compare", folder.File("logits.nabla"), file, "--tolerance", "1e-5").Succeeds();
        Assert.Contains("GraphLayer", Cli.Run("inspect", folder.File("model")).Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains("Softmax", Cli.Run("inspect", folder.File("model"), "--graph").Succeeds().Output, StringComparison.Ordinal);
        string answer = Cli.Run("predict", folder.File("model"), Repository.PathOf("docs/images/seven.png"), "--json").Succeeds().Output;
        Assert.Equal(1, JsonDocument.Parse(answer).RootElement.GetProperty("probabilities").EnumerateObject().Sum(pair => pair.Value.GetDouble()), 5);
        Cli.Run("export", folder.File("model"), "--to", "safetensors", "--out", folder.File("w.safetensors")).Succeeds();
        Assert.Contains("1.w1", Safetensors.Read(folder.File("w.safetensors")).Keys);
    }

    [Fact]
    public void A_file_for_a_batch_of_one_answers_batches_sample_by_sample()
    {
        string file = folder.Write("digits.onnx", Digits(batch: 1));
        Assert.Contains("one by one", Cli.Run("import", file, "--out", folder.File("model")).Succeeds().Output, StringComparison.Ordinal);
        Sequential network = ModelFolder.Load(folder.File("model")).Network;
        Tensor images = RandomKey.FromSeed(1).Normal([3, 28, 28, 1]);
        OnnxModel onnx = OnnxModel.Load(file);
        float[] expected = [.. Enumerable.Range(0, 3).SelectMany(sample => onnx.Run(images.Slice(0, sample, 1).Transpose(0, 3, 1, 2))[0].ToArray<float>())];
        Assert.All(expected.Zip(network.Forward(images).ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Labels_and_open_sizes_are_given()
    {
        string file = folder.Write("net.onnx", Models.Of(13, ["x"], ["y"], [Models.Node("MatMul", ["x", "w"], ["y"])], Models.Weight("w", [1, 2, 3, 4, 5, 6], 3, 2)));
        string[] import = ["import", file, "--out", folder.File("model"), "--labels", folder.Write("labels.txt", "no\nyes\n")];
        Cli.Run(import).FailsWith("leaves sizes of its input 'x' open", "--input-shape");
        Cli.Run([.. import, "--input-shape", "3", "--name", "small"]).Succeeds();
        SavedModel model = ModelFolder.Load(folder.File("model"));
        Assert.Equal(("small", "yes"), (model.Name, model.Labels[1]));
        Assert.Equal([22f, 28f], model.Network.Forward(Tensor.From([1f, 2, 3], [1, 3])).ToArray<float>());
        Cli.Run("import", folder.Write("two.onnx", Models.OfNode("Add", 2)), "--out", folder.File("two")).FailsWith("does not say how many axes its input 'x0' has");
        Assert.False(Directory.Exists(folder.File("two")));
    }

    [Fact]
    public void A_network_of_several_inputs_and_outputs_goes_to_a_model_folder_and_back()
    {
        string file = folder.Write("pair.onnx", Pair());
        string notes = Cli.Run("import", file, "--out", folder.File("pair"), "--value", "scale=2").Succeeds().Output;
        Assert.Contains("inputs a float32 [N, 3], b float32 [N, time, 3] and the outputs sum float32 [N, 2], all float32 [N, time, 2]", notes, StringComparison.Ordinal);
        Assert.Equal(["w"], ModelFolder.LoadGraph(folder.File("pair")).Network.TrainableParameters.Select(pair => pair.Key));
        Cli.Run("compare", folder.File("pair"), file, "--value", "scale=2", "--tolerance", "1e-6").Succeeds();
        Cli.Run("compare", folder.File("pair"), file).FailsWith("has 2 inputs");
        Assert.Contains("b float32 [N, time, 3]", Cli.Run("inspect", folder.File("pair")).Succeeds().Output, StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse(Cli.Run("inspect", folder.File("pair"), "--json").Succeeds().Output).RootElement;
        Assert.Equal(-1, json.GetProperty("outputs")[1].GetProperty("shape")[1].GetInt32());
        Assert.Contains("MatMul", Cli.Run("inspect", folder.File("pair"), "--graph").Succeeds().Output, StringComparison.Ordinal);
        Cli.Run("export", folder.File("pair"), "--to", "onnx", "--out", folder.File("back.onnx")).Succeeds();
        Cli.Run("compare", folder.File("pair"), folder.File("back.onnx"), "--tolerance", "1e-6").Succeeds();
        Assert.Equal(["sum", "all"], OnnxModel.Load(folder.File("back.onnx")).Outputs.Select(output => output.Name));
        Cli.Run("export", folder.File("pair"), "--to", "npz", "--out", folder.File("w.npz")).Succeeds();
        Assert.Equal(["w"], Npz.Read(folder.File("w.npz")).Keys);
        Cli.Run("export", folder.File("pair"), "--to", "keras", "--out", folder.File("w.keras")).FailsWith("has several inputs or outputs");
        Cli.Run("predict", folder.File("pair"), "1,2,3").FailsWith("got a graph of several");
    }

    [Fact]
    public void Open_sizes_and_values_of_several_inputs_are_given_by_name()
    {
        string file = folder.Write("pair.onnx", Pair());
        string[] import = ["import", file, "--out", folder.File("pair.nabla")];
        Cli.Run([.. import, "--size", "N=2", "--size", "time=5", "--value", "scale=2"]).Succeeds();
        GraphNetwork network = ModelFolder.LoadGraph(folder.File("pair.nabla")).Network;
        Assert.Equal(["a float32 [2, 3]", "b float32 [2, 5, 3]"], network.Inputs.Select(input => input.ToString()));
        (Tensor a, Tensor b) = (RandomKey.FromSeed(1).Normal([2, 3]), RandomKey.FromSeed(2).Normal([2, 5, 3]));
        Tensor[] expected = OnnxModel.Load(file).Run(a, b, Tensor.From([2f], []));
        Assert.Equal(expected.SelectMany(tensor => tensor.ToArray<float>()), network.Compute(a, b).SelectMany(tensor => tensor.ToArray<float>()));
        Cli.Run([.. import, "--size", "M=2"]).FailsWith("has no open size 'M': it has N, time");
        Cli.Run([.. import, "--size", "N=0"]).FailsWith("--size must be a whole number, 1 or more");
        Cli.Run([.. import, "--size", "N"]).FailsWith("--size must be NAME=NUMBER");
        Cli.Run([.. import, "--value", "a=2"]).FailsWith("leaves sizes of its input 'a' open");
        Cli.Run([.. import, "--value", "c=2"]).FailsWith("has no input 'c': it has a, b, scale");
        Cli.Run([.. import, "--softmax"]).FailsWith("keep one output by --output NAME");
    }

    [Fact]
    public void One_output_of_several_is_kept_where_it_is_asked_for()
    {
        string file = folder.Write("both.onnx", Models.Of(13, ["x"], ["y", "z"], [Models.Node("Relu", ["x"], ["y"]), Models.Node("Neg", ["x"], ["z"])]));
        string[] import = ["import", file, "--out", folder.File("model"), "--input-shape", "3", "--output"];
        Cli.Run([.. import, "z"]).Succeeds();
        Assert.Equal([-1f, 2f, -3f], ModelFolder.Load(folder.File("model")).Network.Forward(Tensor.From([1f, -2, 3], [1, 3])).ToArray<float>());
        Cli.Run([.. import, "q"]).FailsWith("has no output 'q': it has y, z");
    }

    // Rows and sequences of rows, each multiplied with the same weights.
    private static byte[] Pair()
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Models.Of(
            13, ["a", "b", "scale"], ["sum", "all"],
            [Models.Node("Mul", ["a", "scale"], ["m"]), Models.Node("MatMul", ["m", "w"], ["sum"]), Models.Node("MatMul", ["b", "w"], ["all"])],
            Models.Weight("w", [1, 2, 3, 4, 5, 6], 3, 2)));
        model.Graph.Input[0].Type = Floats("N", 3);
        model.Graph.Input[1].Type = Floats("N", "time", 3);
        model.Graph.Input[2].Type = Floats();
        return model.ToByteArray();
    }

    private static TypeProto Floats(params object[] sizes)
    {
        TensorShapeProto shape = new();
        shape.Dim.AddRange(sizes.Select(size => size is string name ? new TensorShapeProto.Types.Dimension { DimParam = name } : new() { DimValue = (int)size }));
        return new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = OnnxTypes.Float, Shape = shape } };
    }

    // Convolution, rectifier, pooling, and a product behind a reshape that keeps the batch, or says that it is one.
    private static byte[] Digits(int? batch)
    {
        RandomKey key = RandomKey.FromSeed(4);
        byte[] bytes = Models.Of(
            13, ["image"], ["scores"],
            [
                Models.Node("Conv", ["image", "w1", "b1"], ["c"], Models.Ints("strides", 2, 2)), Models.Node("Relu", ["c"], ["r"]),
                Models.Node("MaxPool", ["r"], ["p"], Models.Ints("kernel_shape", 2, 2), Models.Ints("strides", 2, 2)),
                Models.Node("Reshape", ["p", "sizes"], ["flat"]), Models.Node("MatMul", ["flat", "w2"], ["scores"]),
            ],
            Models.Weight("w1", key.Fold(0).Normal([4, 1, 3, 3]).ToArray<float>(), 4, 1, 3, 3), Models.Weight("b1", [1, -1, 0, 2], 4),
            Models.Weight("w2", key.Fold(1).Normal([144, 10]).ToArray<float>(), 144, 10));
        ModelProto model = ModelProto.Parser.ParseFrom(bytes);
        TensorProto sizes = new() { Name = "sizes", DataType = OnnxTypes.Int64 };
        sizes.Dims.Add(2);
        sizes.Int64Data.AddRange([batch ?? -1, 144]);
        model.Graph.Initializer.Add(sizes);
        TensorShapeProto shape = new();
        shape.Dim.Add(batch is { } size ? new TensorShapeProto.Types.Dimension { DimValue = size } : new TensorShapeProto.Types.Dimension { DimParam = "N" });
        shape.Dim.AddRange(new[] { 1L, 28, 28 }.Select(dimension => new TensorShapeProto.Types.Dimension { DimValue = dimension }));
        model.Graph.Input[0].Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = OnnxTypes.Float, Shape = shape } };
        return model.ToByteArray();
    }
}
