using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Reports;
using Nabla.Compression;
using Spectre.Console;

namespace Nabla.Cli.Compression;

/// <summary>What pruning came to.</summary>
/// <param name="Result">The pruned model.</param>
/// <param name="Comparison">The model before and after.</param>
/// <param name="Scan">How each layer alone bears losses; null when nobody asked.</param>
/// <param name="Score">The score that the scan tells.</param>
internal sealed record PruneReport(PruneResult Result, Comparison Comparison, IReadOnlyList<SensitivityPoint>? Scan, string Score)
{
    /// <summary>Prints tables, or one line of JSON.</summary>
    public void Print(Terminal terminal, bool json)
    {
        if (json)
        {
            terminal.Output.WriteLine(ToJson().ToJsonString());
            return;
        }

        if (Scan is not null)
        {
            terminal.Console.Write(ScanTable(Scan));
        }

        PrintLayers(terminal.Console);
        Comparison.Print(terminal, json: false);
    }

    private JsonObject ToJson()
    {
        JsonObject json = Comparison.ToJson();
        json["changed"] = Array(Result.Changed, layer => new JsonObject { ["name"] = layer.Name, ["change"] = layer.Change });
        json["left"] = LayerText.ToJson(Result.Left);
        if (Scan is not null)
        {
            json["scan"] = Array(Scan, point => new JsonObject { ["name"] = point.Name, ["share"] = point.Share, [Score] = ScoreText.Finite(point.Score) });
        }

        return json;
    }

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode> describe) => new([.. items.Select(describe)]);

    private void PrintLayers(IAnsiConsole console)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("layer", "kind", "what became of it");
        foreach (ChangedLayer layer in Result.Changed)
        {
            table.AddRow(Markup.Escape(layer.Name), layer.Kind, Markup.Escape(layer.Change));
        }

        foreach (LeftLayer layer in Result.Left)
        {
            table.AddRow(Markup.Escape(layer.Name), layer.Kind, Markup.Escape($"left: {layer.Reason}"));
        }

        console.Write(table);
    }

    private Table ScanTable(IReadOnlyList<SensitivityPoint> scan)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn(Markup.Escape(ScoreText.Title(Score)) + " without");
        double[] shares = [.. scan.Select(point => point.Share).Distinct()];
        System.Array.ForEach(shares, share => table.AddColumn(new TableColumn(share.ToString("P0", CultureInfo.InvariantCulture)).RightAligned()));
        foreach (IGrouping<string, SensitivityPoint> layer in scan.GroupBy(point => point.Name))
        {
            table.AddRow([Markup.Escape(layer.Key), .. layer.Select(point => ScoreText.Format(Score, point.Score))]);
        }

        return table;
    }
}
