namespace Nabla.Text.QuestionAnswering;

/// <summary>An answer whose worth is known.</summary>
/// <param name="Score">How sure the answerer is of it.</param>
/// <param name="F1">Its overlap with the right answer.</param>
/// <param name="IsNone">Whether saying that there is no answer would have been right.</param>
/// <param name="Weight">How much it counts.</param>
internal readonly record struct KnownAnswer(double Score, double F1, bool IsNone, double Weight = 1)
{
    private const double Beyond = 1.001;
    private const double Smallest = 1e-9;
    private const double StandardErrors = 2;

    /// <summary>The score from which on answering is worth most, and what it is worth in all.</summary>
    /// <remarks>
    /// With the answers in falling order of their score, each place says what giving all before it, and none behind, is worth. The threshold is in the middle, by
    /// ratio where both are above 0, of the last score that is given and the next; where none is given it is above the largest.
    /// </remarks>
    /// <param name="answers">The answers; no score is below 0.</param>
    public static (double Least, double Worth) BestThreshold(IReadOnlyList<KnownAnswer> answers)
    {
        KnownAnswer[] sorted = [.. answers.OrderByDescending(answer => answer.Score)];
        double worth = sorted.Sum(answer => answer.IsNone ? answer.Weight : 0);
        (double best, int given) = (worth, 0);
        for (int count = 1; count <= sorted.Length; count++)
        {
            worth += sorted[count - 1].Weight * (sorted[count - 1].F1 - (sorted[count - 1].IsNone ? 1 : 0));
            bool parts = count == sorted.Length || sorted[count].Score < sorted[count - 1].Score;
            (best, given) = parts && worth >= best ? (worth, count) : (best, given);
        }

        return (Between(sorted, given), best);
    }

    /// <summary>
    /// Whether one threshold is worth more than another by over two standard errors of the gain, so that it is hardly these answers alone that make it better.
    /// </summary>
    public static bool IsSurelyBetter(IReadOnlyList<KnownAnswer> answers, double threshold, double usual)
    {
        double[] gains = [.. answers.Select(answer => answer.Weight * (answer.WorthAt(threshold) - answer.WorthAt(usual)))];
        double mean = gains.Average();
        double variance = gains.Sum(gain => (gain - mean) * (gain - mean)) / gains.Length;
        return mean > StandardErrors * Math.Sqrt(variance / gains.Length);
    }

    private double WorthAt(double threshold) => Score >= threshold ? F1 : IsNone ? 1 : 0;

    private static double Between(KnownAnswer[] sorted, int given) =>
        sorted.Length == 0 ? 0
        : given == 0 ? Math.Max(sorted[0].Score * Beyond, Smallest)
        : given == sorted.Length ? sorted[^1].Score
        : sorted[given].Score > 0 ? Math.Sqrt(sorted[given - 1].Score * sorted[given].Score)
        : sorted[given - 1].Score / 2;
}
