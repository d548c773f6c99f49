using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Reports;

/// <summary>Shows training as it goes: a live line for a person, a line of JSON an epoch for a machine.</summary>
internal sealed class TrainingDisplay(int epochs, bool json) : Callback
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(150);

    private readonly Stopwatch watch = Stopwatch.StartNew();
    private TimeSpan epochStart;
    private TimeSpan lastShown;
    private bool live;

    /// <inheritdoc/>
    public override void OnBatchEnd(Trainer trainer, BatchResult result)
    {
        int total = result.TotalSamples ?? result.Samples;
        bool last = result.Samples >= total;
        if (json || Console.IsOutputRedirected || (!last && watch.Elapsed - lastShown < Refresh))
        {
            return;
        }

        lastShown = watch.Elapsed;
        live = true;
        double rate = result.Samples / (watch.Elapsed - epochStart).TotalSeconds;
        double share = (double)result.Samples / total;
        TimeSpan left = TimeSpan.FromSeconds((total - result.Samples) / rate);
        const int BarWidth = 30;
        string bar = new string('━', (int)(share * BarWidth)).PadRight(BarWidth, '─');
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"\repoch {result.Epoch}/{epochs} {bar} {share,4:P0}  {rate,7:N0} images/s  loss {result.Scores.Loss:F4}  accuracy {result.Scores["accuracy"]:P2}  {left:mm\\:ss} left ");
        Console.Write(line);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        epochStart = watch.Elapsed;
        if (json)
        {
            Console.WriteLine(new JsonObject
            {
                ["epoch"] = result.Epoch,
                ["loss"] = result.Train.Loss,
                ["accuracy"] = result.Train["accuracy"],
                ["validation_loss"] = result.Validation!.Loss,
                ["validation_accuracy"] = result.Validation!["accuracy"],
                ["seconds"] = Math.Round(result.Seconds, 3),
            }.ToJsonString());
            return;
        }

        if (live)
        {
            Console.Write("\r\u001b[K");
        }

        AnsiConsole.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {result.Epoch}/{epochs}  loss {result.Train.Loss:F4}  accuracy {result.Train["accuracy"]:P2}  validation loss {result.Validation!.Loss:F4}  [bold]validation accuracy {result.Validation!["accuracy"]:P2}[/]  {result.Seconds:F1} s"));
    }
}
