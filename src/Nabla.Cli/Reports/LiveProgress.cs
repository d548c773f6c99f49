using System.Globalization;
using Nabla.Training;
using Spectre.Console;
using Spectre.Console.Rendering;
using Progress = Nabla.Training.Progress;

namespace Nabla.Cli.Reports;

/// <summary>A progress bar of the running epoch: how fast, how good so far, and the time left.</summary>
internal sealed class LiveProgress : ProgressCallback
{
    private readonly ProgressContext context;
    private readonly FiguresColumn figures;
    private readonly string unit;
    private ProgressTask? task;

    private LiveProgress(ProgressContext context, FiguresColumn figures, string unit) => (this.context, this.figures, this.unit) = (context, figures, unit);

    /// <summary>Trains while a progress bar shows.</summary>
    /// <param name="console">Where.</param>
    /// <param name="unit">What the samples are called.</param>
    /// <param name="fit">Trains, followed by the bar.</param>
    public static History Run(IAnsiConsole console, string unit, Func<LiveProgress, History> fit)
    {
        FiguresColumn figures = new();
        return console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), figures)
            .Start(context => fit(new LiveProgress(context, figures, unit)));
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        base.OnEpochEnd(trainer, result);
        if (task is not null)
        {
            task.Value = task.MaxValue;

            // The bar is gone before anything is written in its place.
            context.Refresh();
        }

        task = null;
    }

    /// <inheritdoc/>
    protected override void Show(Progress progress)
    {
        task ??= context.AddTask($"epoch {progress.Epoch}/{progress.Epochs}", maxValue: progress.TotalSamples ?? int.MaxValue);
        figures.Text = Describe(progress);

        // A full bar would count as completed and vanish while the validation runs.
        task.Value = Math.Min(progress.Samples, task.MaxValue - 1);
    }

    private string Describe(Progress progress)
    {
        TimeSpan left = progress.TimeLeft ?? TimeSpan.Zero;
        string scores = ScoreText.ShortLine(progress.Batch.Scores);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.SamplesPerSecond,7:N0} {unit}/s  {scores}  {(int)left.TotalMinutes:00}:{left.Seconds:00} left");
    }

    private sealed class FiguresColumn : ProgressColumn
    {
        public string Text { get; set; } = "";

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Spectre.Console.Text(Text).Ellipsis();
    }
}
