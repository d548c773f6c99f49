using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Runs;
using Spectre.Console;

namespace Nabla.Cli.Reports;

/// <summary>Runs beside each other: a row each, with the curves that most of them have.</summary>
internal static class RunsTable
{
    private const int MostCurves = 4;
    private const int SparklineWidth = 16;

    /// <summary>Prints a table.</summary>
    public static void Print(IAnsiConsole console, IReadOnlyList<RecordedRun> runs)
    {
        string[] names = Names(runs);
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("run").AddColumn(new TableColumn("steps").RightAligned());
        foreach (string name in names)
        {
            table.AddColumn(Markup.Escape(name));
        }

        table.AddColumn("last written");
        foreach (RecordedRun run in runs)
        {
            string steps = run.Curves.Count == 0 ? "" : run.Curves.Max(curve => curve.Points[^1].Step).ToString("N0", CultureInfo.InvariantCulture);
            table.AddRow(
            [
                Markup.Escape(run.Name),
                steps,
                .. names.Select(name => run.Curves.FirstOrDefault(curve => curve.Name == name) is { } curve ? CellOf(curve) : ""),
                run.LastWritten?.ToString("u", CultureInfo.InvariantCulture) ?? "",
            ]);
        }

        console.Write(table);
    }

    /// <summary>A line of JSON a run: the last value of each curve, and what the run was started with.</summary>
    public static void PrintJson(TextWriter output, IReadOnlyList<RecordedRun> runs)
    {
        foreach (RecordedRun run in runs)
        {
            JsonObject last = [];
            foreach (RunCurve curve in run.Curves)
            {
                last[curve.Name] = double.IsFinite(curve.Last) ? JsonValue.Create(curve.Last) : null;
            }

            output.WriteLine(new JsonObject
            {
                ["run"] = run.Name,
                ["last"] = last,
                ["hyperparameters"] = new JsonObject(run.Hyperparameters.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
                ["lastWritten"] = run.LastWritten?.ToString("O", CultureInfo.InvariantCulture),
            }.ToJsonString());
        }
    }

    // What most runs have comes first, and among that what tells most.
    private static string[] Names(IReadOnlyList<RecordedRun> runs) =>
    [
        .. runs.SelectMany(run => run.Curves)
            .GroupBy(curve => curve.Name)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.First().Rank)
            .Take(MostCurves)
            .OrderBy(group => group.First().Rank)
            .Select(group => group.Key),
    ];

    private static string CellOf(RunCurve curve)
    {
        string line = Sparkline.Draw([.. curve.Points.Select(point => point.Value)], SparklineWidth);
        return $"{line} {Markup.Escape(ScoreText.Format(curve.Score, curve.Last))}";
    }
}
