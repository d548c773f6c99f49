namespace Nabla.Serving;

/// <summary>Which version of a model a request gets that names none.</summary>
public sealed record TrafficRules
{
    /// <summary>The version with the label <c>stable</c>; null for the newest.</summary>
    public int? Stable { get; init; }

    /// <summary>The version with the label <c>canary</c>; null for none.</summary>
    public int? Canary { get; init; }

    /// <summary>The share of requests that the canary gets, from 0 to 1; exact over any hundred requests in a row.</summary>
    public double CanaryShare { get; init; }

    /// <summary>The version that computes the same requests in the background, to be compared; its answers reach nobody. Null for none.</summary>
    public int? Shadow { get; init; }

    /// <summary>The versions that are named.</summary>
    internal IEnumerable<int> Versions => new[] { Stable, Canary, Shadow }.OfType<int>().Distinct();

    /// <summary>The versions that are needed of those that there are: those that are named, and where no stable one is, the newest.</summary>
    /// <param name="versions">Those that there are.</param>
    internal IEnumerable<int> Needed(IReadOnlyCollection<int> versions) =>
        Versions.Intersect(versions).Concat(Stable is null && versions.Count > 0 ? [versions.Max()] : []).Distinct().Order();

    /// <summary>Refuses what makes no sense.</summary>
    /// <param name="place">What the error calls these rules.</param>
    internal void Validate(string place)
    {
        if (!(CanaryShare is >= 0 and <= 1) || (CanaryShare > 0 && Canary is null))
        {
            throw new ArgumentException($"{place}: expected canaryShare from 0 to 1 beside a canary, got {CanaryShare}{(Canary is null ? " without a canary" : "")}.");
        }
    }
}
