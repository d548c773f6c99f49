using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Reports;
using Spectre.Console;

namespace Nabla.Cli.Compression;

/// <summary>A model before and after it was changed.</summary>
/// <param name="Before">What it was.</param>
/// <param name="After">What it is.</param>
/// <param name="Trained">The numbers that were trained; null where that is not the point.</param>
internal sealed record Comparison(ModelFigures Before, ModelFigures After, long? Trained = null)
{
    private double? Agreement => After.AgreementWith(Before);

    /// <summary>Prints a table, or one line of JSON.</summary>
    public void Print(Terminal terminal, bool json)
    {
        if (json)
        {
            terminal.Output.WriteLine(ToJson().ToJsonString());
        }
        else
        {
            PrintTable(terminal.Console);
        }
    }

    /// <summary>The comparison as an object.</summary>
    public JsonObject ToJson()
    {
        JsonObject json = [];
        foreach ((string name, double value) in Before.Scores)
        {
            Add(json, name, ScoreText.Finite(value), ScoreText.Finite(After.Scores[name]));
        }

        Add(json, "parameters", Before.Parameters, After.Parameters);
        Add(json, "bytes", Before.Bytes, After.Bytes);
        Add(json, "multiply_adds", Before.MultiplyAdds, After.MultiplyAdds);
        Add(json, "p50_us", Math.Round(Before.Latency, 1), Math.Round(After.Latency, 1));
        Add(json, "throughput", Math.Round(Before.Throughput, 1), Math.Round(After.Throughput, 1));
        json["agreement"] = Agreement;
        if (Trained is { } trained)
        {
            json["trained_parameters"] = trained;
            json["trained_share"] = (double)trained / Before.Parameters;
        }

        return json;
    }

    private static void Add(JsonObject json, string name, JsonNode? before, JsonNode? after)
    {
        json[$"{name}_before"] = before;
        json[$"{name}_after"] = after;
    }

    private void PrintTable(IAnsiConsole console)
    {
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumn("").AddColumn(new TableColumn("before").RightAligned()).AddColumn(new TableColumn("after").RightAligned());
        foreach ((string name, double value) in Before.Scores)
        {
            table.AddRow(Markup.Escape(ScoreText.Title(name)), ScoreText.Format(name, value), ScoreText.Format(name, After.Scores[name]));
        }

        AddRow(table, "parameters", Before.Parameters, After.Parameters, "N0");
        AddRow(table, "bytes on disk", Before.Bytes, After.Bytes, "N0");
        AddRow(table, "multiply-adds", Before.MultiplyAdds, After.MultiplyAdds, "N0");
        AddRow(table, "one answer, µs (median)", Before.Latency, After.Latency, "N1");
        AddRow(table, "answers/s in batches of 64", Before.Throughput, After.Throughput, "N0");
        if (Agreement is { } agreement)
        {
            table.AddRow("same answer as before", "", agreement.ToString("P2", CultureInfo.InvariantCulture));
        }

        console.Write(table);
    }

    private static void AddRow(Table table, string name, double before, double after, string format) =>
        table.AddRow(name, before.ToString(format, CultureInfo.InvariantCulture), after.ToString(format, CultureInfo.InvariantCulture));
}
