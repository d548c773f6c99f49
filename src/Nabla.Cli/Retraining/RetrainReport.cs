using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Reports;
using Spectre.Console;

namespace Nabla.Cli.Retraining;

/// <summary>Tells what came of a model that went on learning.</summary>
internal static class RetrainReport
{
    /// <summary>Prints a table and what was done, or one line of JSON.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="outcome">How good the models are.</param>
    /// <param name="path">Where the new one was written; null for nowhere.</param>
    /// <param name="version">The number of its version; null where it has none.</param>
    /// <param name="stable">The version that stays beside it on the server; null where no server was asked.</param>
    /// <param name="json">Whether a machine reads it.</param>
    public static void Print(Terminal terminal, RetrainOutcome outcome, string? path, int? version, int? stable, bool json)
    {
        if (json)
        {
            terminal.Output.WriteLine(ToJson(outcome, path, version, stable).ToJsonString());
            return;
        }

        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumn("").AddColumn(new TableColumn("current").RightAligned()).AddColumn(new TableColumn("retrained").RightAligned());
        foreach ((string name, double value) in outcome.Before)
        {
            table.AddRow(Markup.Escape(ScoreText.Title(name)), ScoreText.Format(name, value), ScoreText.Format(name, outcome.After[name]));
        }

        terminal.Console.Write(table);
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"learnt from {outcome.Samples:N0} samples, judged by {outcome.HeldOut:N0}; gain {outcome.Gain:P2}"));
        terminal.Output.WriteLine(path is null
            ? "not better: the current model stays, and nothing was written"
            : $"written to {path}{(stable is null ? "" : string.Create(CultureInfo.InvariantCulture, $", and offered as canary beside version {stable}"))}");
        if (path is not null && version is { } number && stable is null)
        {
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"to try it on a part of the traffic, set \"traffic\": {{ \"stable\": {number - 1}, \"canary\": {number}, \"canaryShare\": 0.1 }}"));
        }
    }

    private static JsonObject ToJson(RetrainOutcome outcome, string? path, int? version, int? stable)
    {
        JsonObject json = [];
        ScoreText.AddTo(json, outcome.Before, "current_");
        ScoreText.AddTo(json, outcome.After, "retrained_");
        json["samples"] = outcome.Samples;
        json["held_out"] = outcome.HeldOut;
        json["gain"] = double.IsFinite(outcome.Gain) ? outcome.Gain : null;
        json["accepted"] = outcome.IsAccepted;
        json["path"] = path;
        json["version"] = version;
        json["canary"] = stable is not null;
        return json;
    }
}
