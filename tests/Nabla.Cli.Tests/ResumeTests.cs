using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class ResumeTests : IDisposable
{
    private static readonly string Iris = Repository.PathOf("docs/data/iris.csv");
    private static readonly string[] Csv = ["train", "csv", "--data", Iris, "--target", "species", "--optimizer", "momentum", "--seed", "7", "--epochs", "6"];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_stopped_run_says_how_to_go_on_and_ends_with_the_same_weights()
    {
        Cli.Run([.. Csv, "--out", folder.File("through")]).Succeeds();
        Outcome stopped = Cli.RunUntil("\"epoch\":2", [.. Csv, "--json", "--out", folder.File("stopped")]);
        Assert.Equal((130, ""), (stopped.ExitCode, stopped.Error));
        JsonElement last = JsonDocument.Parse(stopped.Lines[^1]).RootElement;
        Assert.Equal((true, 2), (last.GetProperty("stopped").GetBoolean(), last.GetProperty("epochs").GetInt32()));
        Assert.Equal(
            [folder.File("stopped/checkpoint.safetensors"), folder.File("stopped/events")],
            Directory.GetFileSystemEntries(folder.File("stopped")).Order(StringComparer.Ordinal));
        Cli.Run("predict", folder.File("stopped"), "1,2,3,4").FailsWith("this run has no model yet");

        Cli.Run("train", "csv", "--resume", folder.File("stopped")).Succeeds();
        Assert.Equal(Weights("through"), Weights("stopped"));
        Assert.Equal(History("through"), History("stopped"));
    }

    [Fact]
    public void A_stopped_run_tells_a_person_what_to_type()
    {
        Outcome stopped = Cli.RunUntil("rows to learn from", [.. Csv, "--out", folder.File("run")]);
        Assert.Equal(130, stopped.ExitCode);
        Assert.Contains($"Go on with: nabla train csv --resume {folder.File("run")}", stopped.Output, StringComparison.Ordinal);
        Cli.Run("train", "csv", "--resume", folder.File("run")).Succeeds();
    }

    [Fact]
    public void More_epochs_may_be_asked_of_a_run_that_is_over()
    {
        Cli.Run([.. Csv, "--out", folder.File("long")]).Succeeds();
        Cli.Run([.. Csv[..^1], "3", "--out", folder.File("short")]).Succeeds();
        Cli.Run("train", "csv", "--resume", folder.File("short"), "--epochs", "6").Succeeds();
        Assert.Equal(Weights("long"), Weights("short"));
    }

    [Fact]
    public void Settings_of_another_run_are_refused()
    {
        Cli.Run([.. Csv[..^1], "1", "--out", folder.File("run")]).Succeeds();
        Cli.Run("train", "csv", "--resume", folder.File("run"), "--lr", "0.1").FailsWith("leave out --lr");
        Cli.Run("train", "images", "--resume", folder.File("run")).FailsWith("a run of 'csv', not of 'images'");
        Cli.Run("train", "csv", "--resume", folder.File("nowhere")).FailsWith("nowhere", "no such file");
    }

    // The seconds, the last column, differ from run to run.
    private IEnumerable<string> History(string run) => File.ReadAllLines(folder.File($"{run}/history.csv")).Select(line => line[..line.LastIndexOf(',')]);

    private byte[] Weights(string run) => File.ReadAllBytes(folder.File($"{run}/model/weights.safetensors"));
}
