using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Reports;
using Spectre.Console;

namespace Nabla.Cli.Compression;

/// <summary>What a search came to.</summary>
/// <param name="Trials">All models, the original first.</param>
/// <param name="Chosen">The one that was chosen.</param>
/// <param name="Skipped">What could not be tried, with the reasons.</param>
/// <param name="Settings">What was looked for.</param>
internal sealed record CompressReport(IReadOnlyList<CompressTrial> Trials, CompressTrial Chosen, IReadOnlyList<string> Skipped, CompressSettings Settings)
{
    /// <summary>Prints tables, or one line of JSON.</summary>
    public void Print(Terminal terminal, bool json)
    {
        Comparison comparison = new(Trials[0].Figures, Chosen.Figures);
        if (json)
        {
            terminal.Output.WriteLine(ToJson(comparison).ToJsonString());
            return;
        }

        terminal.Console.Write(TrialTable());
        foreach (string reason in Skipped)
        {
            terminal.Output.WriteLine($"not tried: {reason}");
        }

        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"chosen for {Settings.Target} within a drop of {Settings.MaxDrop:P2}: {Chosen.Name}"));
        comparison.Print(terminal, json: false);
    }

    private JsonObject ToJson(Comparison comparison)
    {
        JsonObject json = comparison.ToJson();
        json["chosen"] = Chosen.Name;
        json["target"] = Settings.Target;
        json["max_drop"] = Settings.MaxDrop;
        json["drop"] = ScoreText.Finite(Chosen.Drop);
        json["trials"] = new JsonArray([.. Trials.Select(trial => (JsonNode)ToJson(trial))]);
        json["skipped"] = new JsonArray([.. Skipped.Select(reason => (JsonNode)reason)]);
        return json;
    }

    private static JsonObject ToJson(CompressTrial trial) => new()
    {
        ["name"] = trial.Name,
        ["drop"] = ScoreText.Finite(trial.Drop),
        ["parameters"] = trial.Figures.Parameters,
        ["bytes"] = trial.Figures.Bytes,
        ["multiply_adds"] = trial.Figures.MultiplyAdds,
        ["p50_us"] = Math.Round(trial.Figures.Latency, 1),
        ["throughput"] = Math.Round(trial.Figures.Throughput, 1),
    };

    private Table TrialTable()
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("");
        foreach (string column in new[] { "drop", "parameters", "bytes", "one answer, µs", "answers/s" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (CompressTrial trial in Trials)
        {
            ModelFigures figures = trial.Figures;
            table.AddRow(
                Markup.Escape(trial.Name), Text(trial.Drop, "P2"), Text(figures.Parameters, "N0"), Text(figures.Bytes, "N0"), Text(figures.Latency, "N1"), Text(figures.Throughput, "N0"));
        }

        return table;
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
