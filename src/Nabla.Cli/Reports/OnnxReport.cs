using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Onnx;
using Spectre.Console;

namespace Nabla.Cli.Reports;

/// <summary>What is in an ONNX file, and whether Nabla runs it.</summary>
internal static class OnnxReport
{
    /// <summary>Prints tables, or one line of JSON.</summary>
    public static void Print(Terminal terminal, string path, OnnxSummary summary, bool json)
    {
        if (json)
        {
            terminal.Output.WriteLine(ToJson(summary).ToJsonString(PredictionReport.Readable));
            return;
        }

        terminal.Output.WriteLine(path);
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("operator", "domain");
        table.AddColumn(new TableColumn("nodes").RightAligned());
        table.AddColumn("runs");
        foreach (OnnxOperatorCount row in summary.Operators)
        {
            table.AddRow(Markup.Escape(row.Name), Markup.Escape(row.Domain), Number(row.Nodes), row.IsSupported ? "yes" : "no");
        }

        terminal.Console.Write(table);
        foreach ((string title, string text) in Lines(summary).Where(line => line.Text.Length > 0))
        {
            terminal.Output.WriteLine($"{title,-14}{text}");
        }
    }

    private static IEnumerable<(string Title, string Text)> Lines(OnnxSummary summary)
    {
        yield return ("written by", summary.Producer);
        yield return ("operator sets", string.Join(", ", summary.Opsets.Select(pair => $"{pair.Key} {pair.Value}")));
        yield return ("inputs", string.Join(", ", summary.Inputs.Select(Describe)));
        yield return ("outputs", string.Join(", ", summary.Outputs.Select(Describe)));
        yield return ("weights", $"{Number(summary.Weights)} tensors of {Number(summary.WeightNumbers)} numbers");
        string[] missing = [.. summary.Operators.Where(row => !row.IsSupported).Select(row => row.Name)];
        yield return ("runs", missing.Length == 0 ? "yes" : $"no: {string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} missing");
    }

    private static string Describe(OnnxValue value) => $"{value.Name} {value.Type?.Label ?? "?"} {Show(value.Dimensions)}";

    private static string Show(IReadOnlyList<int>? dimensions) =>
        dimensions is null ? "[...]" : $"[{string.Join(", ", dimensions.Select(size => size < 0 ? "?" : $"{size}"))}]";

    private static JsonObject ToJson(OnnxSummary summary) => new()
    {
        ["kind"] = "onnx",
        ["producer"] = summary.Producer,
        ["opsets"] = new JsonObject(summary.Opsets.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["inputs"] = Values(summary.Inputs),
        ["outputs"] = Values(summary.Outputs),
        ["weights"] = summary.Weights,
        ["numbers"] = summary.WeightNumbers,
        ["operators"] = new JsonArray([.. summary.Operators.Select(ToJson)]),
        ["runs"] = summary.Operators.All(row => row.IsSupported),
    };

    private static JsonObject ToJson(OnnxOperatorCount row) =>
        new() { ["name"] = row.Name, ["domain"] = row.Domain, ["nodes"] = row.Nodes, ["runs"] = row.IsSupported };

    private static JsonArray Values(IReadOnlyList<OnnxValue> values) => [.. values.Select(value => (JsonNode)new JsonObject
    {
        ["name"] = value.Name,
        ["type"] = value.Type?.Label,
        ["shape"] = value.Dimensions is { } sizes ? new JsonArray([.. sizes.Select(size => (JsonNode)size)]) : null,
    })];

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
