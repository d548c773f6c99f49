using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Training;

/// <summary>Epochs as JSON. Numbers read back to the bit; those that are not finite, which JSON has not, are texts.</summary>
internal static class HistoryJson
{
    public static string Format(IEnumerable<EpochResult> epochs) => new JsonArray([.. epochs.Select(Format)]).ToJsonString();

    public static IReadOnlyList<EpochResult> Parse(string json, Func<string, Exception> error)
    {
        try
        {
            return [.. JsonNode.Parse(json)!.AsArray().Select(epoch => Parse(epoch!.AsObject()))];
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or FormatException or NullReferenceException or ArgumentException)
        {
            throw error($"expected the history of a training run, got '{json}'");
        }
    }

    private static JsonNode Format(EpochResult epoch) => new JsonObject
    {
        ["epoch"] = epoch.Epoch,
        ["train"] = Format(epoch.Train),
        ["validation"] = epoch.Validation is null ? null : Format(epoch.Validation),
        ["learning_rate"] = epoch.LearningRate,
        ["seconds"] = epoch.Seconds,
    };

    private static JsonObject Format(Scores scores) => new(scores.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Number(pair.Value))));

    private static JsonNode Number(double value) => double.IsFinite(value) ? value : value.ToString(CultureInfo.InvariantCulture);

    private static EpochResult Parse(JsonObject json) => new(
        json["epoch"]!.GetValue<int>(),
        ParseScores(json["train"]!.AsObject()),
        json["validation"] is JsonObject validation ? ParseScores(validation) : null,
        json["learning_rate"]!.GetValue<double>(),
        json["seconds"]!.GetValue<double>());

    private static Scores ParseScores(JsonObject json) => new(
        Number(json[Scores.LossName]!),
        [.. json.Where(pair => pair.Key != Scores.LossName).Select(pair => KeyValuePair.Create(pair.Key, Number(pair.Value!)))]);

    private static double Number(JsonNode node) => node.GetValueKind() == JsonValueKind.String
        ? double.Parse(node.GetValue<string>(), CultureInfo.InvariantCulture)
        : node.GetValue<double>();
}
