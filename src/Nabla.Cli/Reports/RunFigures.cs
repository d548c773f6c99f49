using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Formats;

namespace Nabla.Cli.Reports;

/// <summary>The figures of a run.</summary>
internal sealed record RunFigures(
    double TestAccuracy, double TestLoss, int Epochs, double TrainSeconds, double ImagesPerSecond, long Parameters, long Seed)
{
    public JsonObject ToJson() => new()
    {
        ["test_accuracy"] = TestAccuracy,
        ["test_loss"] = TestLoss,
        ["epochs"] = Epochs,
        ["train_seconds"] = Math.Round(TrainSeconds, 3),
        ["images_per_second"] = Math.Round(ImagesPerSecond, 1),
        ["parameters"] = Parameters,
        ["seed"] = Seed,
    };

    public void Save(string path) => AtomicFile.WriteText(path, ToJson().ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
}
