namespace Nabla.Training;

/// <summary>A callback that shows how far training has come, a few times a second: derive from it and override <see cref="Show"/>.</summary>
/// <param name="interval">The time from one showing to the next; 150 ms by default. The last step of an epoch is always shown.</param>
/// <param name="time">Tells the time; the system's clock by default.</param>
public abstract class ProgressCallback(TimeSpan? interval = null, TimeProvider? time = null) : Callback
{
    private readonly TimeSpan interval = interval ?? TimeSpan.FromMilliseconds(150);
    private readonly TimeProvider time = time ?? TimeProvider.System;
    private int epochs;
    private int epoch;
    private int samplesBefore;
    private long epochStart;
    private long? lastShown;

    /// <inheritdoc/>
    public override void OnTrainingStart(Trainer trainer, TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        (epochs, epoch, samplesBefore, epochStart, lastShown) = (start.Epochs, start.Previous.Count + 1, start.SamplesDone, time.GetTimestamp(), null);
    }

    /// <inheritdoc/>
    public override void OnBatchEnd(Trainer trainer, BatchResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        bool last = result.Samples == result.TotalSamples;
        if (last || lastShown is not { } shown || time.GetElapsedTime(shown) >= interval)
        {
            lastShown = time.GetTimestamp();
            Show(Of(result));
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result) => (epoch, samplesBefore, epochStart) = (epoch + 1, 0, time.GetTimestamp());

    /// <summary>Shows the progress.</summary>
    protected abstract void Show(Progress progress);

    private Progress Of(BatchResult result)
    {
        TimeSpan elapsed = time.GetElapsedTime(epochStart);
        double rate = (result.Samples - samplesBefore) / Math.Max(elapsed.TotalSeconds, 1e-9);
        TimeSpan? epochLeft = TimeFor(result.TotalSamples - result.Samples, rate);
        TimeSpan? left = epochLeft + TimeFor(result.TotalSamples * (long)(epochs - epoch), rate);
        return new Progress(epoch, epochs, result.Samples, result.TotalSamples, rate, elapsed, epochLeft, left, result);
    }

    private static TimeSpan? TimeFor(long? samples, double rate) => samples is { } count ? TimeSpan.FromSeconds(count / rate) : null;
}
