using System.Text.Json;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Onnx.Tests;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class CompareTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_model_differs_in_nothing_from_itself()
    {
        Save("a", new Sequential([4], seed: 1, new Dense(3, ActivationKind.Softmax)));
        JsonElement json = JsonDocument.Parse(Cli.Run("compare", folder.File("a"), folder.File("a"), "--runs", "3", "--json", "--tolerance", "1e-12").Succeeds().Output).RootElement;
        Assert.Equal((3, 18, 0.0, 1.0), (
            json.GetProperty("runs").GetInt32(), json.GetProperty("numbers").GetInt32(), json.GetProperty("maxDifference").GetDouble(), json.GetProperty("topClassAgreement").GetDouble()));
    }

    [Fact]
    public void Differences_are_those_of_the_answers_to_given_inputs()
    {
        Save("a", Scaled(1, 2));
        Save("b", Scaled(1.5f, -2));
        Npy.Write(folder.File("x.npy"), Tensor.From([1f, 1, 2, 3], [2, 2]));
        string[] compare = ["compare", folder.File("a"), folder.File("b"), "--input", folder.File("x.npy")];
        JsonElement json = JsonDocument.Parse(Cli.Run([.. compare, "--json"]).Succeeds().Output).RootElement;

        // Answers [1, 2] and [2, 6] against [1.5, -2] and [3, -6].
        Assert.Equal(12, json.GetProperty("maxDifference").GetDouble(), 6);
        Assert.Equal((0.5 + 4 + 1 + 12) / 4, json.GetProperty("meanDifference").GetDouble(), 6);
        Assert.Equal(2, json.GetProperty("maxRelativeDifference").GetDouble(), 6);
        Assert.Equal(0, json.GetProperty("topClassAgreement").GetDouble());
        Assert.Equal(0, Cli.Run([.. compare, "--tolerance", "12.1"]).ExitCode);
        Assert.Equal(1, Cli.Run([.. compare, "--tolerance", "11.9"]).ExitCode);
    }

    [Fact]
    public void An_ONNX_file_is_compared_with_a_model_of_the_same_function()
    {
        Save("a", Scaled(3, -1));
        string file = folder.Write("b.onnx", Models.Of(13, ["x"], ["y"], [Models.Node("MatMul", ["x", "w"], ["y"])], Models.Weight("w", [3, 0, 0, -1], 2, 2)));
        string text = Cli.Run("compare", folder.File("a"), file, "--tolerance", "1e-6", "--seed", "3").Succeeds().Output;
        Assert.Contains("first class    the same in 100.00", text, StringComparison.Ordinal);
        Assert.Contains("input float32 [2, 2]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_are_turned_around_where_one_model_has_channels_first()
    {
        Save("a", new Sequential([4, 5, 3], seed: 1, new Activation(ActivationKind.Relu)));
        byte[] relu = Models.Of(13, ["x"], ["y"], [Models.Node("Relu", ["x"], ["y"])]);
        Nabla.Onnx.Protos.ModelProto model = Nabla.Onnx.Protos.ModelProto.Parser.ParseFrom(relu);
        Nabla.Onnx.Protos.TensorShapeProto shape = new();
        shape.Dim.AddRange(new[] { 1L, 3, 4, 5 }.Select(size => new Nabla.Onnx.Protos.TensorShapeProto.Types.Dimension { DimValue = size }));
        model.Graph.Input[0].Type = new() { TensorType = new() { ElemType = 1, Shape = shape } };
        string file = folder.Write("b.onnx", Google.Protobuf.MessageExtensions.ToByteArray(model));
        string text = Cli.Run("compare", folder.File("a"), file, "--tolerance", "1e-12").Succeeds().Output;
        Assert.Contains("turned to the other's order of channels", text, StringComparison.Ordinal);
        Cli.Run("compare", file, folder.File("a"), "--tolerance", "1e-12").Succeeds();
    }

    [Fact]
    public void Of_different_numbers_of_outputs_the_first_are_compared()
    {
        Save("a", Scaled(3, -1));
        string file = folder.Write("b.onnx", Models.Of(
            13, ["x"], ["y", "z"], [Models.Node("MatMul", ["x", "w"], ["y"]), Models.Node("Relu", ["y"], ["z"])], Models.Weight("w", [3, 0, 0, -1], 2, 2)));
        string text = Cli.Run("compare", folder.File("a"), file, "--tolerance", "1e-6").Succeeds().Output;
        Assert.Contains("outputs        the first ones; 1 more of one model is left out", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Integers_stay_within_the_vocabulary()
    {
        Save("a", new Sequential([6], seed: 1, new Embedding(5, 3), new GlobalAveragePool1D()));
        Assert.Contains("whole numbers below 5", Cli.Run("compare", folder.File("a"), folder.File("a")).Succeeds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_that_do_not_go_together_are_refused()
    {
        Save("a", new Sequential([4], seed: 1, new Dense(3)));
        Save("b", new Sequential([5], seed: 1, new Dense(3)));
        Save("c", new Sequential([4], seed: 1, new Dense(2)));
        Cli.Run("compare", folder.File("a"), folder.File("b")).FailsWith("[?, 4]", "[?, 5]");
        Cli.Run("compare", folder.File("a"), folder.File("c")).FailsWith("[2, 3]", "[2, 2]");
        Safetensors.Write(folder.File("w.safetensors"), [new("a", Tensor.Zeros([1]))]);
        Cli.Run("compare", folder.File("a"), folder.File("w.safetensors")).FailsWith("w.safetensors", "nobody can run", "--architecture");
        Cli.Run("compare", folder.File("a"), folder.File("a"), "--input", "x.csv").FailsWith("--input", "x.csv");
    }

    private static Sequential Scaled(float first, float second)
    {
        Sequential network = new([2], seed: 1, new Dense(2));
        network.Load(new Dictionary<string, Tensor> { ["0.kernel"] = Tensor.From([first, 0, 0, second], [2, 2]), ["0.bias"] = Tensor.Zeros([2]) });
        return network;
    }

    private void Save(string name, Sequential network) => ModelFolder.Save(folder.File(name), new SavedModel(name, network));
}
