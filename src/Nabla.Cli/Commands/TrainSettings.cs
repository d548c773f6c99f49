using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary>What the options of <c>nabla train</c> say.</summary>
internal sealed record TrainSettings(
    string? Data, int Epochs, int Batch, double LearningRate, string Optimizer, long Seed, int Threads, int? Limit, string? Output, bool Json)
{
    /// <summary>The run that training goes on with.</summary>
    public string? Resume { get; init; }

    /// <summary>What decides the result, for the checkpoint.</summary>
    public string ToJson(string recipe) => new JsonObject
    {
        ["recipe"] = recipe,
        ["data"] = Data,
        ["epochs"] = Epochs,
        ["batch"] = Batch,
        ["lr"] = LearningRate,
        ["optimizer"] = Optimizer,
        ["seed"] = Seed,
        ["limit"] = Limit,
    }.ToJsonString();

    /// <summary>These settings, or those of the run that is to go on.</summary>
    public TrainSettings OrOf(string recipe, string? run)
    {
        if (run is null)
        {
            return this;
        }

        string path = Path.Combine(run, "checkpoint.safetensors");
        if (!File.Exists(path))
        {
            throw new UsageException($"{path}: no such file. --resume takes the folder of a run that finished an epoch at least.");
        }

        try
        {
            JsonObject saved = JsonNode.Parse(Checkpoint.Load(path).Settings)!.AsObject();
            return saved["recipe"]!.GetValue<string>() == recipe
                ? this with
                {
                    Resume = run,
                    Data = Data ?? saved["data"]?.GetValue<string>(),
                    Epochs = saved["epochs"]!.GetValue<int>(),
                    Batch = saved["batch"]!.GetValue<int>(),
                    LearningRate = saved["lr"]!.GetValue<double>(),
                    Optimizer = saved["optimizer"]!.GetValue<string>(),
                    Seed = saved["seed"]!.GetValue<long>(),
                    Limit = saved["limit"]?.GetValue<int>(),
                }
                : throw new UsageException($"{run} is a run of '{saved["recipe"]}', not of '{recipe}'.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new UsageException($"{path}: the settings of the run cannot be read.");
        }
    }
}
