using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>A small model of flowers, for tests of the commands that change a model.</summary>
internal static class Flowers
{
    /// <summary>150 flowers of three species.</summary>
    public static readonly string Data = Repository.PathOf("docs/data/iris.csv");

    private static readonly string[] Figures =
    [
        "accuracy_before", "accuracy_after", "bytes_before", "bytes_after", "p50_us_before", "p50_us_after", "throughput_before", "throughput_after", "agreement",
    ];

    /// <summary>Trains a model.</summary>
    /// <returns>The folder of the run.</returns>
    public static string Trained(TemporaryFolder folder, int epochs)
    {
        string run = folder.File("run");
        Cli.Run("train", "csv", "--data", Data, "--target", "species", "--epochs", $"{epochs}", "--out", run).Succeeds();
        return run;
    }

    /// <summary>The line of JSON that a command wrote, which has all figures before and after.</summary>
    public static JsonElement Report(Outcome outcome)
    {
        JsonElement report = JsonDocument.Parse(Assert.Single(outcome.Succeeds().Lines)).RootElement;
        Assert.All(Figures, name => Assert.Equal(JsonValueKind.Number, report.GetProperty(name).ValueKind));
        return report;
    }

    /// <summary>The share of the flowers that a model tells.</summary>
    public static double AccuracyOf(string model)
    {
        Outcome judged = Cli.Run("evaluate", model, "--data", Data, "--json").Succeeds();
        return JsonDocument.Parse(judged.Output).RootElement.GetProperty("test_accuracy").GetDouble();
    }

    /// <summary>Sees that a command writes the same weights on one thread and on two.</summary>
    public static void AreTheSameOnAnyThreads(TemporaryFolder folder, string command, string run, params string[] options)
    {
        Assert.Equal(Weights("1"), Weights("2"));

        byte[] Weights(string threads)
        {
            Cli.Run([command, run, "--data", Data, "--out", folder.File(threads), "--epochs", "2", "--threads", threads, .. options]).Succeeds();
            return File.ReadAllBytes(folder.File($"{threads}/model/weights.safetensors"));
        }
    }
}
