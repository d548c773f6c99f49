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
        bool last = result.Samples >= result.TotalSamples;
        if (json || Console.IsOutputRedirected || (!last && watch.Elapsed - lastShown < Refresh))
        {
            return;
        }

        lastShown = watch.Elapsed;
        live = true;
        double rate = result.Samples / (watch.Elapsed - epochStart).TotalSeconds;
        double share = (double)result.Samples / result.TotalSamples;
        TimeSpan left = TimeSpan.FromSeconds((result.TotalSamples - result.Samples) / rate);
        const int BarWidth = 30;
        string bar = new string('━', (int)(share * BarWidth)).PadRight(BarWidth, '─');
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"\repoch {result.Epoch}/{epochs} {bar} {share,4:P0}  {rate,7:N0} images/s  loss {result.Loss:F4}  accuracy {result.Accuracy:P2}  {left:mm\\:ss} left ");
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
                ["loss"] = result.Loss,
                ["accuracy"] = result.Accuracy,
                ["validation_loss"] = result.ValidationLoss,
                ["validation_accuracy"] = result.ValidationAccuracy,
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
            $"epoch {result.Epoch}/{epochs}  loss {result.Loss:F4}  accuracy {result.Accuracy:P2}  validation loss {result.ValidationLoss:F4}  [bold]validation accuracy {result.ValidationAccuracy:P2}[/]  {result.Seconds:F1} s"));
    }
}
