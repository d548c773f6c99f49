using System.Text.Json;
using Nabla.Formats;
using Nabla.Graphs;
using Nabla.Layers;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class ProfileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_model_that_answers_is_profiled_op_by_op()
    {
        ModelFolder.Save(folder.File("model"), new SavedModel("small", new Sequential([4], seed: 1, new Dense(3, ActivationKind.Softmax))));
        string output = Cli.Run("profile", folder.File("model"), "--batch-size", "5", "--steps", "7", "--threads", "1").Succeeds().Output;
        Assert.Contains("Softmax", output, StringComparison.Ordinal);
        Assert.Contains("[5, 3] -> [5, 3]", output, StringComparison.Ordinal);
        Assert.Contains("outside kernels", output, StringComparison.Ordinal);
        Assert.Contains("7 steps of 5", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_two_inputs_is_profiled_with_the_batch_in_the_place_of_open_sizes()
    {
        GraphInput[] inputs = [new("a", DataType.Float32, "batch", 3), new("b", DataType.Float32, "batch", 3)];
        Sequential layers = new([3], seed: 1, new Dense(2));
        GraphNetwork network = GraphNetwork.Trace(layers, x => [(layers.Forward(x[0]) * layers.Forward(x[1])).Softmax()], inputs);
        ModelFolder.Save(folder.File("pair"), new SavedGraph("pair", network));
        string output = Cli.Run("profile", folder.File("pair"), "--batch-size", "5", "--steps", "7", "--threads", "1").Succeeds().Output;
        Assert.Contains("[5, 2] -> [5, 2]", output, StringComparison.Ordinal);
        Assert.Contains("7 steps of 5", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_steps_are_profiled_and_traced()
    {
        using SmallMnist data = new();
        string trace = folder.File("trace.json");
        string output = Cli.Run(
            "profile", "train", "digits", "--data", data.Folder, "--steps", "3", "--batch-size", "50", "--trace", trace).Succeeds().Output;
        Assert.Contains("ConvolutionWeightGradient", output, StringComparison.Ordinal);
        Assert.Contains("AdamUpdate", output, StringComparison.Ordinal);
        Assert.Contains("3 steps of 50", output, StringComparison.Ordinal);
        using JsonDocument events = JsonDocument.Parse(File.ReadAllText(trace));
        Assert.True(events.RootElement.GetProperty("traceEvents").GetArrayLength() > 3 * 10);
    }

    [Fact]
    public void Steps_that_are_no_number_are_refused() =>
        Cli.Run("profile", "train", "digits", "--steps", "many").FailsWith("--steps", "'many'");

    [Fact]
    public void A_model_that_is_not_there_is_named() =>
        Cli.Run("profile", folder.File("nothing")).FailsWith("nothing");
}
