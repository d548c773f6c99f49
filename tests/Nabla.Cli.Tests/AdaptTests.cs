using System.Text.Json;
using Nabla.Compression;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class AdaptTests
{
    [Theory]
    [InlineData("lora")]
    [InlineData("dora")]
    [InlineData("bitfit")]
    [InlineData("full")]
    public void A_model_is_adapted_and_used(string method)
    {
        using TemporaryFolder folder = new();
        string run = Flowers.Trained(folder, epochs: 1);
        JsonElement report = Flowers.Report(Cli.Run(
            "adapt", run, "--data", Flowers.Data, "--out", folder.File("out"), "--method", method, "--rank", "2", "--epochs", "20", "--lr", "0.01", "--json"));
        Assert.True(report.GetProperty("loss_after").GetDouble() < report.GetProperty("loss_before").GetDouble());
        Assert.Equal(report.GetProperty("parameters_before").GetInt64(), report.GetProperty("parameters_after").GetInt64());
        Assert.Equal(method is "lora" or "dora", Directory.Exists(folder.File("out/adapter")));
        Assert.InRange(Flowers.AccuracyOf(folder.File("out")), 0.6, 1);
        Assert.Equal(
            ModelFolder.Load(Path.Combine(run, "model")).Network.State().Keys, ModelFolder.Load(folder.File("out/model")).Network.State().Keys);
    }

    [Fact]
    public void Inspect_tells_what_it_has_learnt_from_what_its_base_had()
    {
        using TemporaryFolder folder = new();
        string run = Flowers.Trained(folder, epochs: 1);
        Cli.Run("adapt", run, "--data", Flowers.Data, "--out", folder.File("out"), "--rank", "2", "--epochs", "2", "--seed", "7").Succeeds();
        Cli.Run("adapt", folder.File("out"), "--data", Flowers.Data, "--out", folder.File("again"), "--method", "bitfit", "--epochs", "1").Succeeds();
        string[] lines = Cli.Run("inspect", folder.File("again")).Succeeds().Lines;
        string[] trained = [.. lines.SkipWhile(line => !line.StartsWith("trained by", StringComparison.Ordinal))];
        Assert.Equal(
            ["trained by", "trained on", "reached", "base by", "base on", "base reached", "base by", "base on", "base reached"], trained.Select(line => line[..14].Trim()));
        Assert.StartsWith("trained by    adapt bitfit, seed 1, epochs 1, ", trained[0], StringComparison.Ordinal);
        Assert.Equal("trained on    iris.csv, 135 samples", trained[1]);
        Assert.StartsWith("base by       adapt lora, seed 7, epochs 2, ", trained[3], StringComparison.Ordinal);
        Assert.StartsWith("base by       train csv, seed 1, epochs 1, ", trained[6], StringComparison.Ordinal);
        JsonElement report = JsonDocument.Parse(Cli.Run("inspect", folder.File("again"), "--json").Succeeds().Output).RootElement;
        Assert.NotEqual(report.GetProperty("metrics").GetProperty("test_loss").GetDouble(), report.GetProperty("baseMetrics").GetProperty("test_loss").GetDouble());
    }

    [Theory]
    [InlineData("--also", "*bias")]
    [InlineData("--lora-plus", "16")]
    [InlineData("--rslora")]
    [InlineData("--pissa")]
    public void Updates_learn_otherwise_and_are_saved_for_the_same_base(params string[] options)
    {
        using TemporaryFolder folder = new();
        string run = Flowers.Trained(folder, epochs: 1);
        string[] usual = ["adapt", run, "--data", Flowers.Data, "--rank", "2", "--epochs", "2", "--lr", "0.01", "--json"];
        Flowers.Report(Cli.Run([.. usual, "--out", folder.File("usual")]));
        Flowers.Report(Cli.Run([.. usual, "--out", folder.File("out"), .. options]));
        Tensor input = RandomKey.FromSeed(2).Normal([5, 4]);
        Tensor merged = ModelFolder.Load(folder.File("out/model")).Network.Forward(input);
        Tensor adapted = AdaptedNetwork.Load(folder.File("out/adapter"), ModelFolder.Load(Path.Combine(run, "model")).Network).Forward(input);
        Tensor other = ModelFolder.Load(folder.File("usual/model")).Network.Forward(input);
        Assert.InRange((merged - adapted).Abs().Max().ToDouble(), 0, 1e-5);
        Assert.True((merged - other).Abs().Max().ToDouble() > 1e-4);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        using TemporaryFolder folder = new();
        Flowers.AreTheSameOnAnyThreads(folder, "adapt", Flowers.Trained(folder, epochs: 1), "--rank", "2");
    }

    [Fact]
    public void What_cannot_be_done_is_said_in_one_line()
    {
        using TemporaryFolder folder = new();
        string run = Flowers.Trained(folder, epochs: 1);
        string[] usual = ["adapt", run, "--data", Flowers.Data, "--out", folder.File("out")];
        Cli.Run([.. usual, "--rank", "40"]).FailsWith("has at most rank", "rank 40 was asked for");
        Cli.Run([.. usual, "--targets", "*.cernel"]).FailsWith("'*.cernel' matches no parameter");
        Cli.Run([.. usual, "--method", "ia3"]).FailsWith("ia3");
        Cli.Run([.. usual, "--rank", "2", "--also", "*.bais"]).FailsWith("'*.bais' matches no parameter");
        Cli.Run([.. usual, "--rank", "2", "--also", "*kernel"]).FailsWith("none is left to train as it is");
        Cli.Run([.. usual, "--lora-plus", "0"]).FailsWith("--lora-plus must be a number above 0, not '0'");
        Cli.Run([.. usual, "--method", "full", "--pissa"]).FailsWith("--pissa is for lora and dora, not for full");
        Cli.Run("adapt", run, "--data", folder.Write("few.csv", string.Join('\n', File.ReadLines(Flowers.Data).Take(5))), "--out", folder.File("out"))
            .FailsWith("few.csv: expected at least 10 samples, of which a tenth judges, got 4");
        Assert.False(Directory.Exists(folder.File("out")));
    }
}
