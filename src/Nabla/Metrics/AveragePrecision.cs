namespace Nabla.Metrics;

/// <summary>The mean of the precision at each score, weighted by the recall that it adds: the area under the steps of the precision-recall curve.</summary>
public sealed class AveragePrecision : RankingMetric
{
    /// <inheritdoc/>
    public override string Name => "average_precision";

    /// <inheritdoc/>
    private protected override double Figure(IEnumerable<(double Positives, double Negatives)> groups, double positives, double negatives)
    {
        double hits = 0;
        double answered = 0;
        double sum = 0;
        foreach ((double ofClass, double others) in groups)
        {
            hits += ofClass;
            answered += ofClass + others;
            sum += answered == 0 ? 0 : ofClass * (hits / answered);
        }

        return sum / positives;
    }
}
