using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class DigitsTests(SmallMnist mnist) : IClassFixture<SmallMnist>
{
    [Fact]
    public void Runs_with_one_seed_write_the_same_weights_on_any_number_of_threads_compiled_or_not()
    {
        using TemporaryFolder folder = new();
        byte[] first = Train("first", "--threads", "1");
        Assert.Equal(first, Train("second", "--threads", "2"));
        Assert.Equal(first, Train("third", "--eager"));
        Assert.NotEqual(first, Train("fourth", "--seed", "2"));

        byte[] Train(string run, params string[] options)
        {
            Cli.Run(["train", "digits", "--data", mnist.Folder, "--epochs", "1", "--limit", "200", "--out", folder.File(run), .. options]).Succeeds();
            return File.ReadAllBytes(folder.File($"{run}/model/weights.safetensors"));
        }
    }

    [Fact]
    public void A_trained_model_is_judged_inspected_and_used()
    {
        using TemporaryFolder folder = new();
        string run = folder.File("run");
        Outcome trained = Cli.Run("train", "digits", "--data", mnist.Folder, "--epochs", "3", "--batch", "32", "--out", run, "--json").Succeeds();
        JsonElement metrics = JsonDocument.Parse(trained.Lines[^1]).RootElement;
        double accuracy = metrics.GetProperty("test_accuracy").GetDouble();
        Assert.InRange(accuracy, 0.8, 1);
        foreach (string picture in new[] { "curves.png", "confusion.png" })
        {
            Assert.Equal((byte[])[0x89, .. "PNG"u8], File.ReadAllBytes(Path.Combine(run, picture))[..4]);
        }

        Assert.Equal(4, File.ReadAllLines(Path.Combine(run, "history.csv")).Length);
        Assert.All(
            ["test_accuracy", "test_loss", "epochs", "train_seconds", "images_per_second", "parameters", "seed"],
            name => Assert.True(JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "metrics.json"))).RootElement.TryGetProperty(name, out _), name));
        JsonElement judged = JsonDocument.Parse(Cli.Run("evaluate", run, "--data", mnist.Folder, "--json").Succeeds().Output).RootElement;
        Assert.Equal(accuracy, judged.GetProperty("test_accuracy").GetDouble());
        Assert.Contains("121,930", Cli.Run("inspect", run).Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains("seven.png: 7 ", Cli.Run("predict", run, Repository.PathOf("docs/images/seven.png")).Succeeds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_person_sees_the_network_the_epochs_and_the_confusion_matrix()
    {
        using TemporaryFolder folder = new();
        Outcome trained = Cli.Run("train", "digits", "--data", mnist.Folder, "--epochs", "1", "--limit", "100", "--out", folder.File("run")).Succeeds();
        Assert.Contains("90 images to learn from, 10 to validate, 500 to test", trained.Output, StringComparison.Ordinal);
        Assert.Matches("epoch 1/1  loss [0-9.]+  accuracy [0-9.]+ %  validation loss [0-9.]+  accuracy [0-9.]+ %", trained.Output);
        Assert.Matches("test accuracy [0-9.]+ %  test loss [0-9.]+", trained.Output);
        Assert.Contains("Confusion matrix (rows: true, columns: answered)", trained.Output, StringComparison.Ordinal);
        Assert.EndsWith($"run written to {folder.File("run")}\n", trained.Output, StringComparison.Ordinal);
    }
}
