using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Cli.Recipes;
using Nabla.Formats;

namespace Nabla.Cli.Reports;

/// <summary>One answer of a model as a line.</summary>
/// <param name="model">The model.</param>
/// <param name="top">How many classes to show.</param>
/// <param name="json">Whether a machine reads it.</param>
internal sealed class PredictionReport(SavedModel model, int top, bool json)
{
    /// <summary>Writes texts in any language as they are, not as escapes.</summary>
    public static JsonSerializerOptions Readable { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Question question = Question.Of(model);

    /// <param name="name">The file.</param>
    /// <param name="line">The line of a table; null for an image.</param>
    /// <param name="output">What the network gave, <c>[1, outputs]</c>.</param>
    public string Line(string name, long? line, Tensor output)
    {
        float[] values = output.ToArray<float>();
        string place = line is null ? name : $"{name} line {line}";
        if (!question.IsClassification)
        {
            double number = question.Target?.Restore(values[0]) ?? values[0];
            return json
                ? Json(name, line, [KeyValuePair.Create("value", (JsonNode?)number)])
                : string.Create(CultureInfo.InvariantCulture, $"{place}: {number:G6}");
        }

        int[] order = [.. Enumerable.Range(0, values.Length).OrderByDescending(index => values[index]).Take(top)];
        return json
            ? Json(name, line, [KeyValuePair.Create("label", (JsonNode?)question.Labels[order[0]]), Probabilities(order, values)])
            : $"{place}: {string.Join(", ", order.Select(index => Share(question.Labels[index], values[index])))}";
    }

    private static string Share(string label, float probability) => string.Create(CultureInfo.InvariantCulture, $"{label} {probability:P2}");

    private static string Json(string name, long? line, IEnumerable<KeyValuePair<string, JsonNode?>> answer)
    {
        JsonObject json = new() { ["file"] = name };
        if (line is { } number)
        {
            json["line"] = number;
        }

        foreach ((string key, JsonNode? value) in answer)
        {
            json[key] = value;
        }

        return json.ToJsonString(Readable);
    }

    private KeyValuePair<string, JsonNode?> Probabilities(int[] order, float[] values) =>
        new("probabilities", new JsonObject(order.Select(index => KeyValuePair.Create(question.Labels[index], (JsonNode?)values[index]))));
}
