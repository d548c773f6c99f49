using Nabla.Formats;

namespace Nabla.Serving.Drift;

/// <summary>How often each bin of each feature was met for a while.</summary>
internal sealed class DriftSlice : IFeatureSink
{
    private readonly FeatureStatistics?[] features;

    /// <param name="features">The features in the order of the reader; null for one that nothing is known of.</param>
    /// <param name="started">When it begins.</param>
    public DriftSlice(FeatureStatistics?[] features, long started)
    {
        (this.features, Started) = (features, started);
        Counts = Array.ConvertAll(features, feature => new long[feature?.BinCount ?? 0]);
    }

    /// <summary>When it began.</summary>
    public long Started { get; }

    /// <summary>How many rows it has.</summary>
    public int Rows { get; set; }

    /// <summary>The counts of each feature's bins.</summary>
    public long[][] Counts { get; }

    /// <inheritdoc/>
    public void Number(int feature, double value)
    {
        if (features[feature] is { } statistics)
        {
            Counts[feature][statistics.BinOf(value)]++;
        }
    }

    /// <inheritdoc/>
    public void Category(int feature, int category)
    {
        if (features[feature] is not null)
        {
            Counts[feature][category]++;
        }
    }
}
