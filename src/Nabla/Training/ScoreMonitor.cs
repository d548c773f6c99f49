namespace Nabla.Training;

/// <summary>Which score a callback follows, and whether larger is better.</summary>
/// <param name="Score">The name of a score, such as <c>accuracy</c> or <c>loss</c>.</param>
/// <param name="LargerIsBetter">Whether larger is better, as with accuracy; smaller is with losses and errors.</param>
/// <param name="Training">Whether the score on the training samples is followed even where there are validation samples.</param>
/// <example>
/// <code>
/// new EarlyStopping(patience: 5, monitor: ScoreMonitor.Largest("accuracy"));
/// </code>
/// </example>
public sealed record ScoreMonitor(string Score, bool LargerIsBetter, bool Training = false)
{
    /// <summary>The loss on the validation samples; on the training samples without validation.</summary>
    public static ScoreMonitor Default { get; } = new(Scores.LossName, LargerIsBetter: false);

    /// <summary>A score of which larger is better, such as <c>accuracy</c>, on the validation samples where there are some.</summary>
    public static ScoreMonitor Largest(string score) => new(score, LargerIsBetter: true);

    /// <summary>A score of which smaller is better, such as <c>mae</c>, on the validation samples where there are some.</summary>
    public static ScoreMonitor Smallest(string score) => new(score, LargerIsBetter: false);

    /// <summary>The score of an epoch.</summary>
    /// <exception cref="KeyNotFoundException">There is no such score; the message lists those that exist.</exception>
    internal double Of(EpochResult result) => (Training ? result.Train : result.Validation ?? result.Train)[Score];

    /// <summary>Whether a value is better than the best so far, which is not a number before the first.</summary>
    internal bool IsBetter(double value, double best, double minimumDelta) =>
        !double.IsNaN(value) && (double.IsNaN(best) || (LargerIsBetter ? value > best + minimumDelta : value < best - minimumDelta));
}
