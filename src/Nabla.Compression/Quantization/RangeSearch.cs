namespace Nabla.Compression;

/// <summary>Chooses the range of an activation.</summary>
internal static class RangeSearch
{
    private const int Candidates = 112;
    private const int FewestParts = 256;
    private const int Levels = 256;
    private const double Percent = 100;

    /// <summary>The range by a method.</summary>
    public static AffineRange Find(ActivationValues values, QuantizationOptions options) => options.Calibration switch
    {
        CalibrationMethod.Percentile => Percentile(values, options.Percentile / Percent),
        CalibrationMethod.Entropy => Cheapest(values, Divergence),
        CalibrationMethod.MeanSquaredError => Cheapest(values, SquaredError),
        _ => AffineRange.Between(values.Low, values.High),
    };

    // Half of what is left out is below, half above, where there is something below zero.
    private static AffineRange Percentile(ActivationValues values, double share)
    {
        long[] counts = values.Counts.ToArray();
        bool isSigned = values.Low < 0;
        long outside = (long)(counts.Sum() * (1 - share) / (isSigned ? 2 : 1));
        int first = isSigned ? PartsWithin(counts, outside) : 0;
        int end = counts.Length - PartsWithin(counts.AsEnumerable().Reverse(), outside);
        return AffineRange.Between(values.Low + (first * values.Width), values.Low + (end * values.Width));
    }

    // The first parts that together have at most so many values.
    private static int PartsWithin(IEnumerable<long> counts, long most)
    {
        long sum = 0;
        return counts.TakeWhile(count => (sum += count) <= most).Count();
    }

    // Both ends are drawn towards zero, the farther one first.
    private static AffineRange Cheapest(ActivationValues values, Func<ActivationValues, int, int, double> cost)
    {
        double farthest = Math.Max(-values.Low, values.High);
        (double Cost, int First, int End) best = (double.PositiveInfinity, 0, ActivationValues.Bins);
        for (int candidate = 0; candidate < Candidates && values.Width > 0; candidate++)
        {
            double limit = farthest * (Candidates - candidate) / Candidates;
            int first = (int)Math.Round((Math.Max(values.Low, -limit) - values.Low) / values.Width);
            int end = (int)Math.Round((Math.Min(values.High, limit) - values.Low) / values.Width);
            if (end - first < FewestParts)
            {
                break;
            }

            double found = cost(values, first, end);
            best = found < best.Cost ? (found, first, end) : best;
        }

        return AffineRange.Between(values.Low + (best.First * values.Width), values.Low + (best.End * values.Width));
    }

    private static double SquaredError(ActivationValues values, int first, int end)
    {
        AffineRange range = AffineRange.Between(values.Low + (first * values.Width), values.Low + (end * values.Width));
        double sum = 0;
        for (int bin = 0; bin < ActivationValues.Bins; bin++)
        {
            double value = values.Middle(bin);
            double level = Math.Clamp(Math.Round(value / range.Scale) + range.ZeroPoint, 0, AffineRange.Largest);
            double error = value - ((level - range.ZeroPoint) * range.Scale);
            sum += values.Counts[bin] * error * error;
        }

        return sum;
    }

    // From the values as they are, those outside counted at the ends, to what 256 levels tell of those inside.
    private static double Divergence(ActivationValues values, int first, int end)
    {
        double[] reference = Clipped(values.Counts, first, end);
        double[] told = Levelled(values.Counts[first..end]);
        (double all, double inside) = (reference.Sum(), told.Sum());
        double sum = 0;
        for (int bin = 0; bin < reference.Length; bin++)
        {
            if (reference[bin] > 0)
            {
                // What the levels say nothing of gets the least share that a value can have.
                double share = Math.Max(told[bin] / Math.Max(inside, 1), 1 / (all * reference.Length));
                sum += reference[bin] / all * Math.Log(reference[bin] / all / share);
            }
        }

        return sum;
    }

    private static double[] Clipped(ReadOnlySpan<long> counts, int first, int end)
    {
        double[] clipped = new double[end - first];
        for (int bin = 0; bin < counts.Length; bin++)
        {
            clipped[Math.Clamp(bin, first, end - 1) - first] += counts[bin];
        }

        return clipped;
    }

    // The values of a level are spread evenly over those of its parts that have any.
    private static double[] Levelled(ReadOnlySpan<long> counts)
    {
        double[] spread = new double[counts.Length];
        for (int level = 0; level < Levels; level++)
        {
            int start = (int)((long)level * counts.Length / Levels);
            ReadOnlySpan<long> part = counts[start..(int)((level + 1L) * counts.Length / Levels)];
            (long sum, int used) = (0, 0);
            foreach (long count in part)
            {
                sum += count;
                used += count > 0 ? 1 : 0;
            }

            for (int bin = 0; bin < part.Length; bin++)
            {
                spread[start + bin] = part[bin] > 0 ? (double)sum / used : 0;
            }
        }

        return spread;
    }
}
