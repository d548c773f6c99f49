namespace Nabla.Training;

/// <summary>How far training has come and how long it will take.</summary>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Epochs">The last epoch.</param>
/// <param name="Samples">The samples of this epoch that were learnt from.</param>
/// <param name="TotalSamples">The samples of an epoch; null when that shows only at its end.</param>
/// <param name="SamplesPerSecond">The samples that were learnt from in a second of this epoch.</param>
/// <param name="Elapsed">How long this epoch has taken so far.</param>
/// <param name="EpochTimeLeft">How long the steps of this epoch will go on; null when not known.</param>
/// <param name="TimeLeft">How long the steps of all epochs will go on, validation not counted; null when not known.</param>
/// <param name="Batch">The figures so far.</param>
public sealed record Progress(
    int Epoch,
    int Epochs,
    int Samples,
    int? TotalSamples,
    double SamplesPerSecond,
    TimeSpan Elapsed,
    TimeSpan? EpochTimeLeft,
    TimeSpan? TimeLeft,
    BatchResult Batch);
