using System.Text.Json;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class PruneTests
{
    [Theory]
    [InlineData("magnitude", "--sparsity", "0.7")]
    [InlineData("gradual", "--sparsity", "0.7")]
    [InlineData("movement", "--sparsity", "0.7", "--per-layer")]
    [InlineData("structured", "--keep-multiply-adds", "0.5", "--multiple", "1")]
    [InlineData("structured", "--keep-parameters", "0.5", "--importance", "l1")]
    [InlineData("factorize", "--energy", "0.6")]
    public void A_model_is_pruned_and_used(string method, params string[] options)
    {
        using TemporaryFolder folder = new();
        string run = Flowers.Trained(folder, epochs: 5);
        JsonElement report = Pruned(folder, run, ["--method", method, .. options]);
        Assert.True(report.GetProperty("bytes_after").GetInt64() < report.GetProperty("bytes_before").GetInt64());
        bool isSmaller = method is "structured" or "factorize";
        Assert.Equal(isSmaller, report.GetProperty("multiply_adds_after").GetInt64() < report.GetProperty("multiply_adds_before").GetInt64());
        Assert.InRange(Flowers.AccuracyOf(folder.File("out")), 0.6, 1);
        Assert.NotEmpty(report.GetProperty("changed").EnumerateArray());
    }

    [Fact]
    public void A_model_that_is_a_graph_becomes_a_smaller_graph()
    {
        using TemporaryFolder folder = new();
        using SmallMnist mnist = new();
        Cli.Run("train", "digits", "--data", mnist.Folder, "--epochs", "1", "--out", folder.File("run")).Succeeds();
        SavedModel layers = ModelFolder.Load(folder.File("run/model"));
        Sequential graph = new(layers.Network.InputShape, seed: 0, GraphLayer.Trace(layers.Network, layers.Network.InputShape));
        ModelFolder.Save(folder.File("graph"), layers with { Network = graph });
        string[] prune = ["prune", folder.File("graph"), "--data", mnist.Folder, "--keep-multiply-adds", "0.4", "--epochs", "1", "--out", folder.File("out"), "--json"];
        JsonElement report = JsonDocument.Parse(Assert.Single(Cli.Run(prune).Succeeds().Lines)).RootElement;
        Assert.InRange(report.GetProperty("multiply_adds_after").GetDouble() / report.GetProperty("multiply_adds_before").GetDouble(), 0.1, 0.4);
        Assert.InRange(report.GetProperty("accuracy_after").GetDouble(), 0.5, 1);
        Cli.Run("predict", folder.File("out"), Repository.PathOf("docs/images/seven.png")).Succeeds();
    }

    [Fact]
    public void A_scan_tells_what_each_layer_bears_and_draws_it()
    {
        using TemporaryFolder folder = new();
        string run = Flowers.Trained(folder, epochs: 5);
        JsonElement report = Pruned(folder, run, ["--method", "magnitude", "--epochs", "0", "--scan"]);
        JsonElement[] points = [.. report.GetProperty("scan").EnumerateArray()];
        Assert.Equal(0, points.Length % 9);
        Assert.All(points, point => Assert.InRange(point.GetProperty("accuracy").GetDouble(), 0, 1));
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], File.ReadAllBytes(folder.File("out/sensitivity.png"))[..4]);
        Outcome table = Cli.Run("prune", run, "--data", Flowers.Data, "--out", folder.File("table"), "--scan", "--keep-parameters", "0.7", "--epochs", "1").Succeeds();
        Assert.Contains("accuracy without", table.Output, StringComparison.Ordinal);
        Assert.Contains("computes with all channels of a row together", table.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        using TemporaryFolder folder = new();
        Flowers.AreTheSameOnAnyThreads(folder, "prune", Flowers.Trained(folder, epochs: 5), "--keep-parameters", "0.5");
    }

    [Fact]
    public void What_cannot_be_done_is_said_in_one_line()
    {
        using TemporaryFolder folder = new();
        string run = Flowers.Trained(folder, epochs: 5);
        string[] usual = ["prune", run, "--data", Flowers.Data, "--out", folder.File("out")];
        Cli.Run([.. usual, "--sparsity", "1"]).FailsWith("--sparsity must be a number from 0 to below 1, not '1'");
        Cli.Run([.. usual, "--keep-multiply-adds", "1.5"]).FailsWith("must be at most 1, not 1.5");
        Cli.Run([.. usual, "--keep-multiply-adds", "0.001", "--multiple", "1"]).FailsWith("cannot be pruned to 0.1", "the nearest is");
        Cli.Run([.. usual, "--keep-multiply-adds", "0.5", "--sparsity", "0.5"]).FailsWith("--sparsity is for magnitude, gradual and movement, not for structured");
        Cli.Run([.. usual, "--keep-multiply-adds", "0.5", "--keep-parameters", "0.5"]).FailsWith("give one");
        Cli.Run([.. usual, "--method", "layers", "--keep-multiply-adds", "0.5"]).FailsWith("cannot be shortened to 50.00", "no shortcut leads around any of its layers");
        Cli.Run([.. usual, "--method", "gradual", "--epochs", "0"]).FailsWith("--epochs must be 1 or more");
        Cli.Run([.. usual, "--targets", "*.cernel"]).FailsWith("'*.cernel' matches no parameter");
        Cli.Run([.. usual, "--method", "lottery"]).FailsWith("lottery");
        Cli.Run([.. usual, "--method", "factorize", "--energy", "1"]).FailsWith("becomes cheaper", "saved");
        Assert.False(Directory.Exists(folder.File("out")));
    }

    private static JsonElement Pruned(TemporaryFolder folder, string run, string[] options)
    {
        string[] epochs = options.Contains("--epochs") ? [] : ["--epochs", "15"];
        return Flowers.Report(Cli.Run(
            ["prune", run, "--data", Flowers.Data, "--out", folder.File("out"), "--lr", "0.01", "--batch", "8", "--json", .. epochs, .. options]));
    }
}
