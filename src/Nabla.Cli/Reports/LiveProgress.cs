using System.Diagnostics;
using System.Globalization;
using Nabla.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Nabla.Cli.Reports;

/// <summary>A progress bar of the running epoch: how fast, how good so far, and the time left.</summary>
internal sealed class LiveProgress : Callback
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private readonly ProgressContext context;
    private readonly FiguresColumn figures;
    private readonly string unit;
    private readonly int epochs;
    private readonly Stopwatch watch = new();
    private ProgressTask? task;
    private TimeSpan shown;
    private int samplesBefore;

    private LiveProgress(ProgressContext context, FiguresColumn figures, string unit, int epochs) =>
        (this.context, this.figures, this.unit, this.epochs) = (context, figures, unit, epochs);

    /// <summary>Trains while a progress bar shows.</summary>
    /// <param name="console">Where.</param>
    /// <param name="unit">What the samples are called.</param>
    /// <param name="epochs">The number of the last epoch.</param>
    /// <param name="fit">Trains, followed by the bar.</param>
    public static History Show(IAnsiConsole console, string unit, int epochs, Func<LiveProgress, History> fit)
    {
        FiguresColumn figures = new();
        return console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), figures)
            .Start(context => fit(new LiveProgress(context, figures, unit, epochs)));
    }

    /// <inheritdoc/>
    public override void OnTrainingStart(Trainer trainer, TrainingStart start)
    {
        samplesBefore = start.SamplesDone;
        watch.Restart();
    }

    /// <inheritdoc/>
    public override void OnBatchEnd(Trainer trainer, BatchResult result)
    {
        if (task is null)
        {
            task = context.AddTask($"epoch {result.Epoch}/{epochs}", maxValue: result.TotalSamples ?? int.MaxValue);
            shown = -Refresh;
        }

        bool last = result.Samples >= result.TotalSamples;
        if (!last && watch.Elapsed - shown < Refresh)
        {
            return;
        }

        shown = watch.Elapsed;
        figures.Text = Describe(result);
        // A full bar would count as completed and vanish while the validation runs.
        task.Value = Math.Min(result.Samples, task.MaxValue - 1);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        if (task is not null)
        {
            task.Value = task.MaxValue;
        }

        task = null;
        samplesBefore = 0;
        watch.Restart();
    }

    private string Describe(BatchResult result)
    {
        double rate = (result.Samples - samplesBefore) / watch.Elapsed.TotalSeconds;
        TimeSpan left = TimeSpan.FromSeconds(Math.Max(0, (result.TotalSamples ?? result.Samples) - result.Samples) / rate);
        return string.Create(CultureInfo.InvariantCulture, $"{rate,7:N0} {unit}/s  {ScoreText.ShortLine(result.Scores)}  {(int)left.TotalMinutes:00}:{left.Seconds:00} left");
    }

    private sealed class FiguresColumn : ProgressColumn
    {
        public string Text { get; set; } = "";

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(Text).Ellipsis();
    }
}
