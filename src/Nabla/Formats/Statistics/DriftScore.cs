namespace Nabla.Formats;

/// <summary>How far the values of a feature are from those of the training data.</summary>
/// <param name="PopulationStabilityIndex">
/// From 0 for the same frequencies up. Usual readings: below 0.1 no change worth mentioning, from 0.25 a large one (N. Siddiqi, Credit Risk Scorecards,
/// Wiley 2006). Two normal distributions of one deviation that are d deviations apart have d².
/// </param>
/// <param name="KolmogorovSmirnov">
/// The largest difference of the two cumulative frequencies, from 0 to 1; null for categories, which have no order. Two normal distributions of one
/// deviation that are d deviations apart have 2Φ(d/2) - 1.
/// </param>
public sealed record DriftScore(double PopulationStabilityIndex, double? KolmogorovSmirnov)
{
    // The share of a bin that nothing fell into, which has no logarithm.
    private const double SmallestShare = 1e-4;

    /// <summary>
    /// The population stability index: the sum over all bins of (a - e) ln(a / e), where e and a are the shares of the expected and the actual values
    /// in a bin, 0.0001 at least (E. M. Lewis, An Introduction to Credit Scoring, 1994). It is Jeffreys' divergence of the two.
    /// </summary>
    /// <param name="expected">How many values each bin had; at least one in all.</param>
    /// <param name="actual">The same of the values to judge.</param>
    /// <exception cref="ArgumentException">The numbers of bins differ, or there are no values.</exception>
    internal static double Psi(IReadOnlyList<long> expected, IReadOnlyList<long> actual)
    {
        (double expectedTotal, double actualTotal) = Totals(expected, actual);
        double index = 0;
        for (int bin = 0; bin < expected.Count; bin++)
        {
            double e = Math.Max(expected[bin] / expectedTotal, SmallestShare);
            double a = Math.Max(actual[bin] / actualTotal, SmallestShare);
            index += (a - e) * Math.Log(a / e);
        }

        return index;
    }

    /// <summary>
    /// The statistic of Kolmogorov and Smirnov for two samples, at the edges of bins: the largest difference of the shares that lie at or below an edge.
    /// It equals that of the values themselves when all edges are values, and is smaller by at most the share of a bin otherwise.
    /// </summary>
    /// <param name="expected">How many values each interval had, in ascending order; at least one in all.</param>
    /// <param name="actual">The same of the values to judge.</param>
    /// <exception cref="ArgumentException">The numbers of bins differ, or there are no values.</exception>
    internal static double Ks(IReadOnlyList<long> expected, IReadOnlyList<long> actual)
    {
        (double expectedTotal, double actualTotal) = Totals(expected, actual);
        (long expectedBelow, long actualBelow) = (0, 0);
        double largest = 0;
        for (int bin = 0; bin < expected.Count; bin++)
        {
            expectedBelow += expected[bin];
            actualBelow += actual[bin];
            largest = Math.Max(largest, Math.Abs((expectedBelow / expectedTotal) - (actualBelow / actualTotal)));
        }

        return largest;
    }

    private static (double Expected, double Actual) Totals(IReadOnlyList<long> expected, IReadOnlyList<long> actual)
    {
        (long left, long right) = (expected.Sum(), actual.Sum());
        return expected.Count == actual.Count && left > 0 && right > 0
            ? (left, right)
            : throw new ArgumentException($"Drift expects two lists of as many bins with at least one value each, got {expected.Count} bins with {left} values and {actual.Count} with {right}.");
    }
}
