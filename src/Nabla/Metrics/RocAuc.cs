namespace Nabla.Metrics;

/// <summary>
/// The probability that a sample of the class has a larger score than one that is not of it, ties counted half: the area under the receiver
/// operating characteristic (Hanley and McNeil, The Meaning and Use of the Area under a ROC Curve, 1982).
/// </summary>
public sealed class RocAuc : RankingMetric
{
    /// <inheritdoc/>
    public override string Name => "roc_auc";

    /// <inheritdoc/>
    private protected override double Figure(IEnumerable<(double Positives, double Negatives)> groups, double positives, double negatives)
    {
        double above = 0;
        double area = 0;
        foreach ((double ofClass, double others) in groups)
        {
            area += others * (above + (ofClass / 2));
            above += ofClass;
        }

        return area / (positives * negatives);
    }
}
