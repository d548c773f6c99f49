using System.Text.Json.Serialization;

namespace Nabla.Formats;

/// <summary>
/// How often the values of a feature fell into each of a fixed number of bins: intervals of a number, or categories. The intervals are bounded by the
/// percentiles of the values that they were made from, so each had about the same number of them.
/// </summary>
public sealed record FeatureStatistics
{
    private const int MostBins = 1 << 16;
    private const int Groups = 10;
    private const int MostCategories = 20;

    /// <summary>What the feature is called, such as the column of a table.</summary>
    public required string Name { get; init; }

    /// <summary>Of a number: the upper bounds of all intervals but the last, ascending; each belongs to its interval. Null for categories.</summary>
    public IReadOnlyList<double>? Edges { get; init; }

    /// <summary>Of a category: the names, one a bin. Null for numbers.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>How many values each bin had.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>The number of bins.</summary>
    [JsonIgnore]
    public int BinCount => Edges is { } edges ? edges.Count + 1 : Categories!.Count;

    /// <summary>The bin of a number.</summary>
    /// <param name="value">The number; one that is no number is in the last bin.</param>
    internal int BinOf(double value)
    {
        IReadOnlyList<double> edges = Edges!;
        int low = 0;
        for (int high = edges.Count; low < high;)
        {
            int middle = (low + high) / 2;
            (low, high) = value <= edges[middle] ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    /// <summary>
    /// How far other values of the feature are from these: see <see cref="DriftScore"/>. Intervals are put together into ten of about equal frequency
    /// for the population stability index, and categories beyond the nineteen most frequent into one, so that chance alone does not add up.
    /// </summary>
    /// <param name="counts">How many of the other values each bin had; at least one in all.</param>
    /// <exception cref="ArgumentException">There are not as many counts as bins.</exception>
    public DriftScore Compare(IReadOnlyList<long> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Count != Counts.Count)
        {
            throw new ArgumentException($"Feature '{Name}' expects a count for each of {Counts.Count} bins but got {counts.Count}.", nameof(counts));
        }

        int[] groups = Edges is null ? CategoryGroups() : IntervalGroups();
        double index = DriftScore.Psi(Grouped(Counts, groups), Grouped(counts, groups));
        return new DriftScore(index, Edges is null ? null : DriftScore.Ks(Counts, counts));
    }

    /// <summary>Refuses what no data gives.</summary>
    internal void Validate(string path)
    {
        bool isNumber = Edges is { } edges && Categories is null && edges.All(double.IsFinite) && edges.Zip(edges.Skip(1)).All(pair => pair.First < pair.Second);
        bool isCategory = Edges is null && Categories is { Count: > 0 } names && !names.Contains(null!) && names.Distinct().Count() == names.Count;
        bool sound = (isNumber || isCategory) && BinCount <= MostBins && Counts.Count == BinCount && Counts.All(count => count >= 0) && Counts.Any(count => count > 0);
        if (!sound)
        {
            throw new InvalidFileException(
                path, FilePosition.None,
                $"expected feature '{Name}' with ascending edges or distinct categories, at most {MostBins} bins, and a count for each, one of them above 0; got something else");
        }
    }

    // Each interval belongs to the tenth in which its middle value lies.
    private int[] IntervalGroups()
    {
        double total = Counts.Sum();
        double below = 0;
        int[] groups = new int[Counts.Count];
        for (int bin = 0; bin < groups.Length; bin++)
        {
            groups[bin] = Math.Min((int)((below + (Counts[bin] / 2.0)) / total * Groups), Groups - 1);
            below += Counts[bin];
        }

        return groups;
    }

    private int[] CategoryGroups()
    {
        int[] groups = new int[Counts.Count];
        foreach ((int rank, int bin) in Enumerable.Range(0, Counts.Count).OrderByDescending(bin => Counts[bin]).Index())
        {
            groups[bin] = Math.Min(rank, MostCategories - 1);
        }

        return groups;
    }

    private static long[] Grouped(IReadOnlyList<long> counts, int[] groups)
    {
        long[] sums = new long[groups.Max() + 1];
        for (int bin = 0; bin < groups.Length; bin++)
        {
            sums[groups[bin]] += counts[bin];
        }

        return sums;
    }
}
