using Nabla.Formats;
using Nabla.Layers;
using Nabla.Onnx;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class OnnxExportCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_model_that_is_exported_computes_the_same()
    {
        Sequential network = new([6, 5, 2], seed: 1, new Conv2D(3, 3), new BatchNorm(), new Flatten(), new Dense(4, ActivationKind.Softmax));
        ModelFolder.Save(folder.File("model"), new SavedModel("small", network));
        string file = folder.File("small.onnx");
        Assert.Contains(file, Cli.Run("export", folder.File("model"), "--to", "onnx", "--out", file, "--opset", "20").Succeeds().Output, StringComparison.Ordinal);
        OnnxModel model = OnnxModel.Load(file);
        Assert.Equal(20, model.Opset);
        Tensor images = RandomKey.FromSeed(1).Normal([3, 6, 5, 2]);
        Assert.True(model.Compute(images)[0].AllClose(network.Forward(images), 1e-5, 1e-5));
        Cli.Run("export", folder.File("model"), "--to", "onnx", "--out", file, "--channels-first").Succeeds();
        Assert.Equal([-1, 2, 6, 5], OnnxModel.Load(file).Inputs[0].Dimensions);
    }

    [Fact]
    public void A_model_that_answers_one_sample_at_a_time_is_written_for_a_batch_of_one()
    {
        Sequential inner = new([4], seed: 1, new Dense(3, ActivationKind.Tanh));
        ModelFolder.Save(folder.File("model"), new SavedModel("single", new Sequential([4], seed: 0, GraphLayer.TraceSingle(inner, [4]))));
        Cli.Run("export", folder.File("model"), "--to", "onnx", "--out", folder.File("single.onnx")).Succeeds();
        OnnxModel model = OnnxModel.Load(folder.File("single.onnx"));
        Assert.Equal([1, 4], model.Inputs[0].Dimensions);
        Tensor sample = RandomKey.FromSeed(1).Normal([1, 4]);
        Assert.True(model.Compute(sample)[0].AllClose(inner.Forward(sample), 1e-5, 1e-5));
    }

    [Theory]
    [InlineData("onnx", "x.onnx")]
    [InlineData("safetensors", "x.safetensors")]
    [InlineData("safetensors-index", "x.safetensors.index.json")]
    [InlineData("npz", "x.npz")]
    [InlineData("pytorch", "x.pt")]
    [InlineData("keras", "x.keras")]
    public void A_folder_that_is_not_there_is_named(string format, string file)
    {
        ModelFolder.Save(folder.File("model"), new SavedModel("small", new Sequential([3], seed: 1, new Dense(2))));
        Cli.Run("export", folder.File("model"), "--to", format, "--out", folder.File($"none/{file}")).FailsWith("there is no folder", "none");
    }

    [Fact]
    public void An_operator_set_that_is_not_written_is_refused()
    {
        ModelFolder.Save(folder.File("model"), new SavedModel("small", new Sequential([3], seed: 1, new Dense(2))));
        Cli.Run("export", folder.File("model"), "--to", "onnx", "--out", folder.File("small.onnx"), "--opset", "12").FailsWith("--opset must be from 13 to 22, not 12");
        Assert.False(File.Exists(folder.File("small.onnx")));
    }
}
