namespace Nabla.Metrics;

/// <summary>
/// A figure of how well scores rank samples that are of a class above those that are not, whatever the threshold. It is exact: all scores are
/// kept, and sorted when the value is asked for after new samples. For several classes it is the mean of each against the rest, classes
/// left out for which it is undefined.
/// </summary>
/// <remarks>What targets mean follows from their shape, see <see cref="ClassMetric"/>. Any increasing function of the scores gives the same value.</remarks>
public abstract class RankingMetric : Metric
{
    private List<RankedScore>[] scores = [];
    private double? value;

    private protected RankingMetric()
    {
    }

    /// <inheritdoc/>
    public sealed override double Value => value ??= Average();

    /// <inheritdoc/>
    public sealed override void Update(Tensor outputs, Tensor targets, Tensor? weights = null)
    {
        ClassLayout layout = ClassLayout.Of(Name, outputs, targets, eachOutput: false);
        int columns = layout.Kind == TargetKind.YesOrNo ? 1 : layout.Classes;
        if (scores.Length > 0 && scores.Length != columns)
        {
            throw new ArgumentException($"{Name} expects outputs of {scores.Length} classes, as before, but got {columns}.");
        }

        scores = scores.Length == 0 ? [.. Enumerable.Range(0, columns).Select(_ => new List<RankedScore>())] : scores;
        value = null;
        Add(layout, outputs.To(DataType.Float64).ToArray<double>(), layout.Truths(Name, targets, null), new SampleWeights(Name, weights, outputs, layout.Rows));
    }

    /// <inheritdoc/>
    public sealed override double[] SaveState() =>
        [scores.Length, .. scores.SelectMany(column => column).SelectMany(score => (double[])[score.Score, score.Positive ? 1 : 0, score.Weight])];

    /// <inheritdoc/>
    public sealed override void RestoreState(ReadOnlySpan<double> state)
    {
        RankedScore[] all = [.. state[1..].ToArray().Chunk(3).Select(score => new RankedScore(score[0], score[1] != 0, score[2]))];
        int columns = (int)state[0];
        scores = columns == 0 ? [] : [.. all.Chunk(Math.Max(1, all.Length / columns)).Select(column => column.ToList())];
        value = null;
    }

    /// <inheritdoc/>
    public sealed override void Reset()
    {
        scores = [];
        value = null;
    }

    /// <summary>The figure of one class; not a number where it is undefined.</summary>
    /// <param name="groups">The weight of the samples that are of the class and that are not, for each score, the largest first.</param>
    /// <param name="positives">The weight of all samples of the class.</param>
    /// <param name="negatives">The weight of all others.</param>
    private protected abstract double Figure(IEnumerable<(double Positives, double Negatives)> groups, double positives, double negatives);

    private void Add(ClassLayout layout, double[] outputs, int[] truths, SampleWeights weights)
    {
        for (int row = 0; row < layout.Rows; row++)
        {
            for (int column = 0; column < scores.Length; column++)
            {
                bool positive = layout.Kind == TargetKind.YesOrNo ? truths[row] == 1 : truths[row] == column;
                scores[column].Add(new RankedScore(outputs[(row * scores.Length) + column], positive, weights[row]));
            }
        }
    }

    private double Average() => scores.Select(Figure).Where(figure => !double.IsNaN(figure)).DefaultIfEmpty(double.NaN).Average();

    private double Figure(List<RankedScore> samples)
    {
        if (samples.Exists(sample => double.IsNaN(sample.Score)))
        {
            return double.NaN;
        }

        double positives = samples.Sum(sample => sample.Positive ? sample.Weight : 0);
        double negatives = samples.Sum(sample => sample.Positive ? 0 : sample.Weight);
        return Figure(Groups(samples), positives, negatives);
    }

    // A stable order, so that sums of weights have one order too.
    private static IEnumerable<(double Positives, double Negatives)> Groups(List<RankedScore> samples)
    {
        RankedScore[] sorted = [.. samples.OrderByDescending(sample => sample.Score)];
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            (double positives, double negatives) = (0, 0);
            for (end = start; end < sorted.Length && sorted[end].Score == sorted[start].Score; end++)
            {
                positives += sorted[end].Positive ? sorted[end].Weight : 0;
                negatives += sorted[end].Positive ? 0 : sorted[end].Weight;
            }

            yield return (positives, negatives);
        }
    }

    private readonly record struct RankedScore(double Score, bool Positive, double Weight);
}
