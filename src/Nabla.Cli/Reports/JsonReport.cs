using System.Text.Json.Nodes;
using Nabla.Cli.Recipes;
using Nabla.Cli.Runs;
using Nabla.Metrics;
using Nabla.Training;

namespace Nabla.Cli.Reports;

/// <summary>A line of JSON an epoch, and one at the end.</summary>
internal sealed class JsonReport(Terminal terminal) : RunReport
{
    public override void Start(Experiment experiment)
    {
    }

    public override History Follow(Func<IReadOnlyList<Callback>, History> fit) => fit([new EpochLines(terminal)]);

    public override void End(RunFigures figures, ConfusionMatrix? confusion, Question question, string run)
    {
        JsonObject line = figures.ToJson();
        line["run"] = run;
        terminal.Output.WriteLine(line.ToJsonString());
    }

    public override void Stop(TrainingCanceledException stopped, string run) => terminal.Output.WriteLine(new JsonObject
    {
        ["stopped"] = true,
        ["step"] = stopped.Step,
        ["epochs"] = stopped.History.Epochs.Count,
        ["run"] = run,
    }.ToJsonString());

    private sealed class EpochLines(Terminal terminal) : Callback
    {
        public override void OnEpochEnd(Trainer trainer, EpochResult result)
        {
            JsonObject line = new() { ["epoch"] = result.Epoch };
            ScoreText.AddTo(line, result.Train);
            ScoreText.AddTo(line, result.Validation, "validation_");
            line["seconds"] = Math.Round(result.Seconds, 3);
            terminal.Output.WriteLine(line.ToJsonString());
        }
    }
}
