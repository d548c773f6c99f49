using System.Globalization;
using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>What only a process of its own shows: signals and exit codes.</summary>
public sealed class ProcessTests
{
    [Fact]
    public void Ctrl_c_leaves_a_run_that_goes_on_to_the_same_weights()
    {
        using TemporaryFolder folder = new();
        string iris = Repository.PathOf("docs/data/iris.csv");
        string[] train = ["train", "csv", "--data", iris, "--target", "species", "--patience", "100000", "--json", "--epochs"];
        (int exitCode, string output, string error) = CommandLine.Interrupt("\"epoch\":1", [.. train, "100000", "--out", folder.File("stopped")]);
        Assert.Equal((130, ""), (exitCode, error));
        JsonElement stopped = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
        Assert.True(stopped.GetProperty("stopped").GetBoolean());
        string epochs = (stopped.GetProperty("epochs").GetInt32() + 2).ToString(CultureInfo.InvariantCulture);
        Cli.Run("train", "csv", "--resume", folder.File("stopped"), "--epochs", epochs).Succeeds();
        Cli.Run([.. train, epochs, "--out", folder.File("through")]).Succeeds();
        Assert.Equal(
            File.ReadAllBytes(folder.File("through/model/weights.safetensors")),
            File.ReadAllBytes(folder.File("stopped/model/weights.safetensors")));
    }

    [Fact]
    public void An_error_is_one_line_and_an_exit_code()
    {
        (int exitCode, string output, string error) = CommandLine.Run("inspect", "/nowhere");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith("nabla: /nowhere: no such file or folder. A model is a folder with", error, StringComparison.Ordinal);
        Assert.Equal(error.Length - 1, error.IndexOf('\n', StringComparison.Ordinal));
    }
}
