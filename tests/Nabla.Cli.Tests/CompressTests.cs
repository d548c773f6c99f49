using System.Text.Json;
using Nabla.Cli.Compression;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;
using Nabla.Training;

namespace Nabla.Cli.Tests;

public sealed class CompressTests
{
    private static readonly SavedModel Nothing = new("nothing", new Sequential([1], 1, new Dense(1)));

    [Fact]
    public void The_smallest_model_within_the_drop_is_chosen_and_the_search_goes_on_where_it_was()
    {
        using TemporaryFolder folder = new();
        string run = Flowers.Trained(folder, epochs: 30);
        string[] command = ["compress", run, "--data", Flowers.Data, "--out", folder.File("out"), "--target", "size", "--max-drop", "20%", "--epochs", "20", "--batch", "8", "--json"];
        JsonElement report = Flowers.Report(Cli.Run(command));
        Assert.True(report.GetProperty("bytes_after").GetInt64() < report.GetProperty("bytes_before").GetInt64());
        Assert.InRange(report.GetProperty("drop").GetDouble(), -1, 0.2);
        JsonElement[] within = [.. report.GetProperty("trials").EnumerateArray().Where(trial => trial.GetProperty("drop").GetDouble() <= 0.2)];
        Assert.Equal(within.Min(trial => trial.GetProperty("bytes").GetInt64()), report.GetProperty("bytes_after").GetInt64());
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(folder.File("out/frontier.png"))[..4]);
        byte[] model = File.ReadAllBytes(folder.File("out/model/weights.safetensors"));
        DateTime[] written = Times();
        Assert.NotEmpty(written);
        Cli.Run(command).Succeeds();
        Assert.Equal(written, Times());
        Assert.Equal(model, File.ReadAllBytes(folder.File("out/model/weights.safetensors")));
        Cli.Run("evaluate", folder.File("out"), "--data", Flowers.Data, "--json").Succeeds();

        DateTime[] Times() => [.. Directory.EnumerateFiles(folder.File("out/trials"), "weights.safetensors", SearchOption.AllDirectories).Order().Select(File.GetLastWriteTimeUtc)];
    }

    [Fact]
    public void A_drop_that_is_no_share_is_refused()
    {
        using TemporaryFolder folder = new();
        string[] usual = ["compress", Flowers.Trained(folder, epochs: 30), "--data", Flowers.Data, "--out", folder.File("out")];
        Cli.Run([.. usual, "--max-drop", "half"]).FailsWith("--max-drop must be a share from 0 to below 1 such as 0.005 or 0.5%, not 'half'");
        Cli.Run([.. usual, "--target", "beauty"]).FailsWith("beauty");
        Assert.False(Directory.Exists(folder.File("out")));
    }

    [Fact]
    public void The_frontier_has_what_nothing_beats_in_both()
    {
        CompressTrial[] trials = [Trial("original", 100, 0), Trial("worse", 90, 0.2), Trial("good", 50, 0.1), Trial("small", 10, 0.3), Trial("as small", 10, 0.4), Trial("beaten", 60, 0.1)];
        Assert.Equal(["original", "good", "small"], CompressTrial.Frontier(trials, figures => figures.Bytes).Select(trial => trial.Name));
    }

    [Fact]
    public void What_was_kept_of_another_search_is_not_taken()
    {
        using TemporaryFolder folder = new();
        CompressSettings settings = new(0.1, CompressSettings.Size, new FurtherTraining(Epochs: 1, Batch: 8, LearningRate: 0.1, Seed: 1));
        new TrialFolder(folder.File("trials"), Nothing, "data", settings).Keep("student 10 %", Nothing);
        Assert.NotNull(new TrialFolder(folder.File("trials"), Nothing, "data", settings).Find("student 10 %"));
        Assert.Null(new TrialFolder(folder.File("trials"), Nothing, "data", settings).Find("student 25 %"));
        Assert.Null(new TrialFolder(folder.File("trials"), Nothing, "other", settings).Find("student 10 %"));
        Assert.Null(new TrialFolder(folder.File("trials"), Nothing, "data", settings with { Training = settings.Training with { Epochs = 2 } }).Find("student 10 %"));
        Assert.Null(new TrialFolder(folder.File("trials"), Nothing, "data", settings with { Tunes = true }).Find("student 10 %"));
    }

    private static CompressTrial Trial(string name, long bytes, double drop) => new(name, Nothing, new ModelFigures(new Scores(0), null, 1, bytes, 1, bytes, 1), drop);
}
