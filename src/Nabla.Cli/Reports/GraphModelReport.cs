using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Formats;
using Spectre.Console;

namespace Nabla.Cli.Reports;

/// <summary>What is known about a saved model of several inputs or outputs.</summary>
internal static class GraphModelReport
{
    /// <summary>Prints a table, or one line of JSON.</summary>
    public static void Print(Terminal terminal, SavedGraph model, bool json)
    {
        if (json)
        {
            terminal.Output.WriteLine(ToJson(model).ToJsonString(PredictionReport.Readable));
            return;
        }

        terminal.Output.WriteLine(FileText.OneLine(model.Name));
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumn("op");
        table.AddColumn(new TableColumn("nodes").RightAligned());
        foreach ((string op, int nodes) in model.Network.Ops)
        {
            table.AddRow(Markup.Escape(op), Number(nodes));
        }

        terminal.Console.Write(table);
        foreach ((string title, string text) in Lines(model).Where(line => line.Text.Length > 0))
        {
            terminal.Output.WriteLine($"{title,-14}{text}");
        }
    }

    private static IEnumerable<(string Title, string Text)> Lines(SavedGraph model)
    {
        yield return ("inputs", string.Join(", ", model.Network.Inputs));
        yield return ("outputs", string.Join(", ", model.Network.Outputs));
        yield return ("parameters", Number(model.Network.ParameterCount));
        yield return ("licence", model.Licence ?? "");
    }

    private static JsonObject ToJson(SavedGraph model) => new()
    {
        ["kind"] = "nabla-graph",
        ["name"] = model.Name,
        ["inputs"] = new JsonArray([.. model.Network.Inputs.Select(input => Value(input.Name, input.Type, input.Sizes.Select(size => size.Number ?? -1)))]),
        ["outputs"] = new JsonArray([.. model.Network.Outputs.Select(output => Value(output.Name, output.Type, output.Dimensions))]),
        ["parameters"] = model.Network.ParameterCount,
        ["ops"] = new JsonObject(model.Network.Ops.Select(row => KeyValuePair.Create(row.Key, (JsonNode?)row.Value))),
        ["licence"] = model.Licence,
    };

    private static JsonNode Value(string name, DataType type, IEnumerable<int> sizes) => new JsonObject
    {
        ["name"] = name,
        ["type"] = type.Label,
        ["shape"] = new JsonArray([.. sizes.Select(size => (JsonNode)size)]),
    };

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
