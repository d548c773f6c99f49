namespace Nabla.Formats;

/// <summary>Collects the values of features, and makes statistics of them.</summary>
internal sealed class FeatureCollection(IReadOnlyList<Feature> features) : IFeatureSink
{
    private const int Percentiles = 100;
    private const int Digits = 6;

    private readonly List<double>[] numbers = [.. features.Select(_ => new List<double>())];
    private readonly long[][] categories = [.. features.Select(feature => new long[feature.Categories?.Count ?? 0])];

    /// <inheritdoc/>
    public void Number(int feature, double value) => numbers[feature].Add(value);

    /// <inheritdoc/>
    public void Category(int feature, int category) => categories[feature][category]++;

    /// <summary>The statistics of each feature that had a value.</summary>
    public IReadOnlyList<FeatureStatistics> ToStatistics() =>
        [.. Enumerable.Range(0, features.Count).Select(Statistics).Where(statistics => statistics.Counts.Any(count => count > 0))];

    private FeatureStatistics Statistics(int index)
    {
        Feature feature = features[index];
        if (feature.Categories is not null)
        {
            return new FeatureStatistics { Name = feature.Name, Categories = feature.Categories, Counts = categories[index] };
        }

        double[] values = [.. numbers[index].Where(double.IsFinite).Order()];
        FeatureStatistics empty = new() { Name = feature.Name, Edges = EdgesOf(values), Counts = [] };
        long[] counts = new long[empty.BinCount];
        foreach (double value in values)
        {
            counts[empty.BinOf(value)]++;
        }

        return empty with { Counts = counts };
    }

    // What is always the same has a bin of its own between those for all that is less and all that is more.
    private static double[] EdgesOf(double[] sorted)
    {
        if (sorted.Length == 0)
        {
            return [];
        }

        return sorted[0] == sorted[^1]
            ? [Math.BitDecrement(sorted[0]), sorted[0]]
            : [.. Enumerable.Range(1, Percentiles - 1).Select(percent => Short(sorted[(int)((long)(sorted.Length - 1) * percent / Percentiles)])).Distinct().Where(edge => edge < sorted[^1])];
    }

    // Six digits, rounded up, so that the value stays in its interval: a file need not tell more of a percentile.
    private static double Short(double value)
    {
        double unit = value == 0 ? 1 : Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - Digits + 1);
        double rounded = unit < 1 ? Math.Ceiling(value * Math.Round(1 / unit)) / Math.Round(1 / unit) : Math.Ceiling(value / unit) * unit;
        return double.IsFinite(rounded) ? Math.Max(value, rounded) : value;
    }
}
