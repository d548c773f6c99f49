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
    public void An_operator_set_that_is_not_written_is_refused()
    {
        ModelFolder.Save(folder.File("model"), new SavedModel("small", new Sequential([3], seed: 1, new Dense(2))));
        Cli.Run("export", folder.File("model"), "--to", "onnx", "--out", folder.File("small.onnx"), "--opset", "12").FailsWith("--opset must be from 13 to 22, not 12");
        Assert.False(File.Exists(folder.File("small.onnx")));
    }
}
