namespace Nabla.Training;

/// <summary>How far training has come within an epoch.</summary>
public sealed class BatchResult
{
    private readonly Lazy<Scores> scores;

    internal BatchResult(int epoch, int step, int samples, int? totalSamples, double loss, Func<Scores> scores)
    {
        Epoch = epoch;
        Step = step;
        Samples = samples;
        TotalSamples = totalSamples;
        Loss = loss;
        this.scores = new Lazy<Scores>(scores);
    }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The steps that were taken since training began, this one included.</summary>
    public int Step { get; }

    /// <summary>The samples of this epoch that were learnt from so far.</summary>
    public int Samples { get; }

    /// <summary>The samples of an epoch; null when that shows only at its end.</summary>
    public int? TotalSamples { get; }

    /// <summary>The mean loss of this step alone.</summary>
    public double Loss { get; }

    /// <summary>The figures of the epoch so far. Some metrics take long to say theirs: they are asked when this is first read.</summary>
    public Scores Scores => scores.Value;
}
