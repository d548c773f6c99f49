namespace Nabla.Text.Metrics;

/// <summary>How much two texts have in common.</summary>
/// <param name="Precision">The share of the tokens that were answered, from 0 to 1.</param>
/// <param name="Recall">The share of the tokens of the reference, from 0 to 1.</param>
public readonly record struct RougeScore(double Precision, double Recall)
{
    /// <summary>The harmonic mean of both.</summary>
    public double F => Precision + Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);
}
