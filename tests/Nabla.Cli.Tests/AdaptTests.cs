using System.Text.Json;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class AdaptTests
{
    private static readonly string Iris = Repository.PathOf("docs/data/iris.csv");

    [Theory]
    [InlineData("lora")]
    [InlineData("dora")]
    [InlineData("bitfit")]
    [InlineData("full")]
    public void A_model_is_adapted_and_used(string method)
    {
        using TemporaryFolder folder = new();
        string run = Trained(folder);
        Outcome adapted = Cli.Run(
            "adapt", run, "--data", Iris, "--out", folder.File("out"), "--method", method, "--rank", "2", "--epochs", "20", "--lr", "0.01", "--json").Succeeds();
        JsonElement report = JsonDocument.Parse(Assert.Single(adapted.Lines)).RootElement;
        Assert.True(report.GetProperty("loss_after").GetDouble() < report.GetProperty("loss_before").GetDouble());
        Assert.All(
            ["accuracy_before", "accuracy_after", "bytes_before", "bytes_after", "p50_us_before", "p50_us_after", "throughput_before", "throughput_after", "agreement"],
            name => Assert.Equal(JsonValueKind.Number, report.GetProperty(name).ValueKind));
        Assert.Equal(report.GetProperty("parameters_before").GetInt64(), report.GetProperty("parameters_after").GetInt64());
        Assert.Equal(method is "lora" or "dora", Directory.Exists(folder.File("out/adapter")));
        Outcome judged = Cli.Run("evaluate", folder.File("out"), "--data", Iris, "--json").Succeeds();
        Assert.InRange(JsonDocument.Parse(judged.Output).RootElement.GetProperty("test_accuracy").GetDouble(), 0.6, 1);
        Assert.Equal(
            ModelFolder.Load(Path.Combine(run, "model")).Network.State().Keys, ModelFolder.Load(folder.File("out/model")).Network.State().Keys);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        using TemporaryFolder folder = new();
        string run = Trained(folder);
        Assert.Equal(Weights("1"), Weights("2"));

        byte[] Weights(string threads)
        {
            Cli.Run("adapt", run, "--data", Iris, "--out", folder.File(threads), "--rank", "2", "--epochs", "2", "--threads", threads).Succeeds();
            return File.ReadAllBytes(folder.File($"{threads}/model/weights.safetensors"));
        }
    }

    [Fact]
    public void What_cannot_be_done_is_said_in_one_line()
    {
        using TemporaryFolder folder = new();
        string run = Trained(folder);
        string[] usual = ["adapt", run, "--data", Iris, "--out", folder.File("out")];
        Cli.Run([.. usual, "--rank", "40"]).FailsWith("has at most rank", "rank 40 was asked for");
        Cli.Run([.. usual, "--targets", "*.cernel"]).FailsWith("'*.cernel' matches no parameter");
        Cli.Run([.. usual, "--method", "ia3"]).FailsWith("ia3");
        Cli.Run("adapt", run, "--data", folder.Write("few.csv", string.Join('\n', File.ReadLines(Iris).Take(5))), "--out", folder.File("out"))
            .FailsWith("few.csv: expected at least 10 samples, of which a tenth judges, got 4");
        Assert.False(Directory.Exists(folder.File("out")));
    }

    private static string Trained(TemporaryFolder folder)
    {
        string run = folder.File("run");
        Cli.Run("train", "csv", "--data", Iris, "--target", "species", "--epochs", "1", "--out", run).Succeeds();
        return run;
    }
}
