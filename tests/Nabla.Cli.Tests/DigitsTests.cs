using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class DigitsTests
{
    [Fact]
    public void Two_runs_with_one_seed_write_the_same_weights_on_one_and_two_threads()
    {
        using TemporaryFolder folder = new();
        byte[][] weights = [.. new[] { "1", "2" }.Select(threads =>
        {
            string run = folder.File(threads);
            Assert.Equal(0, CommandLine.Run("train", "digits", "--epochs", "1", "--limit", "700", "--threads", threads, "--out", run, "--json").ExitCode);
            return File.ReadAllBytes(Path.Combine(run, "model", "weights.safetensors"));
        })];
        Assert.Equal(weights[0], weights[1]);
    }

    [Fact]
    public void A_run_that_was_killed_goes_on_to_the_same_weights()
    {
        using TemporaryFolder folder = new();
        string[] options = ["--epochs", "3", "--limit", "900", "--json"];
        Assert.Equal(0, CommandLine.Run(["train", "digits", .. options, "--out", folder.File("through")]).ExitCode);
        CommandLine.RunUntil("\"epoch\":2", ["train", "digits", .. options, "--out", folder.File("stopped")]);
        Assert.False(Directory.Exists(folder.File("stopped/model")));
        (int exitCode, _, string error) = CommandLine.Run("train", "digits", "--resume", folder.File("stopped"), "--json");
        Assert.True(exitCode == 0, error);
        Assert.Equal(
            File.ReadAllBytes(folder.File("through/model/weights.safetensors")),
            File.ReadAllBytes(folder.File("stopped/model/weights.safetensors")));
        Assert.Equal(4, File.ReadAllLines(folder.File("stopped/history.csv")).Length);
    }

    [Fact]
    public void A_trained_model_is_judged_inspected_and_used()
    {
        using TemporaryFolder folder = new();
        string run = folder.File("run");
        (int exitCode, string output, string error) = CommandLine.Run("train", "digits", "--epochs", "2", "--limit", "6000", "--out", run, "--json");
        Assert.True(exitCode == 0, error);
        JsonElement metrics = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
        double accuracy = metrics.GetProperty("test_accuracy").GetDouble();
        Assert.InRange(accuracy, 0.9, 1);
        foreach (string picture in new[] { "curves.png", "confusion.png" })
        {
            Assert.Equal((byte[])[0x89, .. "PNG"u8], File.ReadAllBytes(Path.Combine(run, picture))[..4]);
        }

        Assert.Equal(3, File.ReadAllLines(Path.Combine(run, "history.csv")).Length);
        JsonElement judged = JsonDocument.Parse(CommandLine.Run("evaluate", run, "--data", "data/mnist", "--json").Output).RootElement;
        Assert.Equal(accuracy, judged.GetProperty("test_accuracy").GetDouble());
        Assert.Contains("121,930", CommandLine.Run("inspect", run).Output, StringComparison.Ordinal);
        Assert.Contains("seven.png: 7 ", CommandLine.Run("predict", run, "docs/images/seven.png").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no such file", "train", "digits", "--data", "/nowhere")]
    [InlineData("no such file", "inspect", "/nowhere")]
    [InlineData("1 or more", "train", "digits", "--epochs", "0")]
    [InlineData("adam", "train", "digits", "--optimizer", "best")]
    public void What_is_wrong_is_said_without_a_stack_trace(string expected, params string[] arguments)
    {
        using TemporaryFolder folder = new();
        string[] all = arguments[0] == "train" ? [.. arguments, "--out", folder.File("run")] : arguments;
        (int exitCode, string output, string error) = CommandLine.Run(all);
        Assert.NotEqual(0, exitCode);
        Assert.Contains(expected, error + output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error + output, StringComparison.Ordinal);
    }
}
