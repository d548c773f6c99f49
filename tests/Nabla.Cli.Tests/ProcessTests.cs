using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>What only a process of its own shows: signals and exit codes.</summary>
public sealed class ProcessTests(SmallMnist mnist) : IClassFixture<SmallMnist>
{
    [Fact]
    public void Ctrl_c_leaves_a_run_that_goes_on_to_the_same_weights()
    {
        using TemporaryFolder folder = new();
        string[] train = ["train", "digits", "--data", mnist.Folder, "--limit", "600", "--epochs", "2", "--json"];
        Cli.Run([.. train, "--out", folder.File("through")]).Succeeds();
        (int exitCode, string output, string error) = CommandLine.Interrupt("\"epoch\":1", [.. train, "--out", folder.File("stopped")]);
        Assert.Equal((130, ""), (exitCode, error));
        Assert.Contains("\"stopped\":true", output, StringComparison.Ordinal);
        Cli.Run("train", "digits", "--resume", folder.File("stopped")).Succeeds();
        Assert.Equal(
            File.ReadAllBytes(folder.File("through/model/weights.safetensors")),
            File.ReadAllBytes(folder.File("stopped/model/weights.safetensors")));
    }

    [Fact]
    public void An_error_is_one_line_and_an_exit_code()
    {
        (int exitCode, string output, string error) = CommandLine.Run("inspect", "/nowhere");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal("nabla: /nowhere: no such file or folder. A model is a folder with model.json and weights.safetensors, or the same as one .nabla file.\n", error);
    }
}
