using System.Globalization;
using Nabla.Cli.Commands;
using Nabla.Cli.Recipes;
using Nabla.Cli.Runs;
using Nabla.Metrics;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Reports;

/// <summary>Tables, a line an epoch and, where a person watches, a progress bar.</summary>
internal sealed class TextReport(Recipe recipe, TrainSettings settings, Terminal terminal) : RunReport
{
    public override void Start(Experiment experiment)
    {
        NetworkTable.Print(terminal.Console, recipe.Name, experiment.Network);
        foreach (string note in experiment.Notes)
        {
            terminal.Output.WriteLine(note);
        }

        Parts<int?> counts = experiment.Samples.Map(samples => samples.Count);
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.Train:N0} {recipe.Unit} to learn from, {counts.Validation:N0} to validate, {counts.Test:N0} to test"));
        terminal.Output.WriteLine();
    }

    public override History Follow(Func<IReadOnlyList<Callback>, History> fit)
    {
        EpochLines lines = new(terminal.Console, settings.Epochs);
        return terminal.IsLive ? LiveProgress.Run(terminal.Console, recipe.Unit, live => fit([live, lines])) : fit([lines]);
    }

    public override void End(RunFigures figures, ConfusionMatrix? confusion, Question question, string run)
    {
        terminal.Output.WriteLine();
        if (confusion is not null)
        {
            Confusion.Print(terminal.Console, confusion, question.Labels);
        }

        terminal.Console.MarkupLine($"[bold]{ScoreText.Line(figures.Test, "test ")}[/]");
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Count(figures.Epochs)} in {figures.TrainSeconds:F1} s, {figures.Rate:N0} {figures.Unit}/s"));
        terminal.Output.WriteLine($"run written to {run}");
    }

    public override void Stop(TrainingCanceledException stopped, string run)
    {
        string epochs = Count(stopped.History.Epochs.Count);
        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Stopped after step {stopped.Step:N0}, {epochs} done."));
        terminal.Output.WriteLine($"Go on with: nabla train {recipe.Name} --resume {run}");
    }

    private static string Count(int epochs) => epochs == 1 ? "1 epoch" : $"{epochs} epochs";

    private sealed class EpochLines(IAnsiConsole console, int epochs) : Callback
    {
        public override void OnEpochEnd(Trainer trainer, EpochResult result)
        {
            string validation = result.Validation is { } scores ? $"  [bold]validation {ScoreText.ShortLine(scores)}[/]" : "";
            console.MarkupLine(string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {result.Epoch}/{epochs}  {ScoreText.ShortLine(result.Train)}{validation}  {result.Seconds:F1} s"));
        }
    }
}
