using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.TensorBoard;
using Spectre.Console;

namespace Nabla.Cli.Reports;

/// <summary>What an event file of TensorBoard holds: a row for each tag.</summary>
internal static class EventReport
{
    private const int ShownLetters = 40;

    /// <summary>Prints a table, or one line of JSON.</summary>
    public static void Print(Terminal terminal, EventFile file, bool json)
    {
        EventRow[] rows = [.. file.Events.GroupBy(logged => (logged.Tag, Kind: KindOf(logged.Value))).Select(group => new EventRow(group.Key.Tag, group.Key.Kind, [.. group]))];
        if (json)
        {
            terminal.Output.WriteLine(ToJson(file, rows).ToJsonString(PredictionReport.Readable));
            return;
        }

        terminal.Output.WriteLine(file.Path);
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("tag", "kind");
        table.AddColumn(new TableColumn("events").RightAligned());
        table.AddColumn(new TableColumn("steps").RightAligned());
        table.AddColumn("last");
        foreach (EventRow row in rows)
        {
            string steps = row.First == row.Last ? Number(row.First) : $"{Number(row.First)} to {Number(row.Last)}";
            string[] cells = [FileText.OneLine(row.Tag), FileText.OneLine(row.Kind), Number(row.Events.Count), steps, FileText.OneLine(Show(row.Value))];
            table.AddRow(Array.ConvertAll(cells, Markup.Escape));
        }

        terminal.Console.Write(table);
        if (!file.IsWhole)
        {
            terminal.Output.WriteLine("The last record is not whole: its writer goes on or was stopped.");
        }
    }

    private static JsonObject ToJson(EventFile file, EventRow[] rows) => new()
    {
        ["kind"] = "tensorboard",
        ["whole"] = file.IsWhole,
        ["tags"] = new JsonArray([.. rows.Select(Describe)]),
    };

    private static JsonNode Describe(EventRow row) => new JsonObject
    {
        ["tag"] = row.Tag,
        ["kind"] = row.Kind,
        ["events"] = row.Events.Count,
        ["firstStep"] = row.First,
        ["lastStep"] = row.Last,
        ["last"] = row.Value is LoggedScalar { Value: double number } ? (double.IsFinite(number) ? number : null) : Show(row.Value),
    };

    private static string KindOf(LoggedValue value) => value switch
    {
        LoggedScalar => "scalar",
        LoggedHistogram => "histogram",
        LoggedImage => "image",
        LoggedText => "text",
        LoggedHyperparameters => "hyperparameters",
        LoggedGraph => "graph",
        LoggedResumption => "resumption",
        LoggedOther other => other.Kind,
        _ => throw new ArgumentException($"Events of type {value.GetType().Name} are not known.", nameof(value)),
    };

    private static string Show(LoggedValue value) => value switch
    {
        LoggedScalar scalar => scalar.Value.ToString("G6", CultureInfo.InvariantCulture),
        LoggedHistogram histogram => $"{Number(histogram.Buckets.Sum(bucket => bucket.Count))} numbers in {histogram.Buckets.Count} buckets",
        LoggedImage image => $"{image.Height} x {image.Width}, {Number(image.Content.Length)} bytes",
        LoggedText text => text.Markdown.Length <= ShownLetters ? text.Markdown : $"{text.Markdown[..ShownLetters]}...",
        LoggedHyperparameters start => string.Join(", ", start.Values.Select(pair => $"{pair.Key} {pair.Value}")),
        LoggedGraph graph => $"{Number(graph.Nodes.Count)} nodes",
        _ => "",
    };

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    // What has one tag is of one kind; files of others may break that.
    private sealed record EventRow(string Tag, string Kind, IReadOnlyList<LoggedEvent> Events)
    {
        public long First => Events.Min(logged => logged.Step);

        public long Last => Events.Max(logged => logged.Step);

        public LoggedValue Value => Events[^1].Value;
    }
}
