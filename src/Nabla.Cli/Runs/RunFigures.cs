using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Formats;
using Nabla.Training;

namespace Nabla.Cli.Runs;

/// <summary>What a run came to: the content of <c>metrics.json</c>.</summary>
/// <param name="Test">How good the model is on the test samples.</param>
/// <param name="Epochs">The epochs that were trained.</param>
/// <param name="TrainSeconds">How long they took, validation included.</param>
/// <param name="Rate">The samples learnt from in a second.</param>
/// <param name="Unit">What the samples are: images or rows.</param>
/// <param name="Parameters">The numbers of the model.</param>
/// <param name="Seed">The seed.</param>
internal sealed record RunFigures(Scores Test, int Epochs, double TrainSeconds, double Rate, string Unit, long Parameters, long Seed)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public JsonObject ToJson()
    {
        JsonObject json = [];
        foreach ((string name, double value) in Test.Where(score => score.Key != Scores.LossName).Append(KeyValuePair.Create(Scores.LossName, Test.Loss)))
        {
            json[$"test_{name}"] = Finite(value);
        }

        json["epochs"] = Epochs;
        json["train_seconds"] = Math.Round(TrainSeconds, 3);
        json[$"{Unit}_per_second"] = Math.Round(Rate, 1);
        json["parameters"] = Parameters;
        json["seed"] = Seed;
        return json;
    }

    /// <summary>The test scores for the model's record.</summary>
    public Dictionary<string, double> ToRecord() =>
        Test.Where(score => double.IsFinite(score.Value)).ToDictionary(score => $"test_{score.Key}", score => score.Value);

    public void Save(string path) => AtomicFile.WriteText(path, ToJson().ToJsonString(Indented) + "\n");

    // JSON has no word for what is not a number.
    private static JsonValue? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
