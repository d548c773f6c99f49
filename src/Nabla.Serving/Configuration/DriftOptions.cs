using System.Globalization;

namespace Nabla.Serving;

/// <summary>How requests are compared with the data that a model was trained on, where the model folder has its statistics.</summary>
/// <example><code>DriftOptions options = new() { Window = 5000, PopulationStabilityIndex = 0.2 };</code></example>
public sealed record DriftOptions
{
    private const int LargestWindow = 10_000_000;

    /// <summary>How many rows are compared, the last ones; from 8 to 10 million, 1000 by default.</summary>
    public int Window { get; init; } = 1000;

    /// <summary>What is older is forgotten; an hour by default.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>With fewer rows nothing is said; 200 by default, at most the window.</summary>
    public int MinRows { get; init; } = 200;

    /// <summary>The population stability index above which a feature has drifted; 0.25 by default.</summary>
    public double PopulationStabilityIndex { get; init; } = 0.25;

    /// <summary>The Kolmogorov-Smirnov statistic above which a feature has drifted, up to 1; 0.2 by default.</summary>
    public double KolmogorovSmirnov { get; init; } = 0.2;

    /// <summary>Refuses what makes no sense.</summary>
    internal void Validate()
    {
        Require(Window is >= 8 and <= LargestWindow, $"window from 8 to {LargestWindow}", Window);
        Require(MaxAge > TimeSpan.Zero, "maxAge above 0", MaxAge);
        Require(MinRows >= 1 && MinRows <= Window, $"minRows from 1 to the window ({Window})", MinRows);
        Require(PopulationStabilityIndex > 0, "populationStabilityIndex above 0", PopulationStabilityIndex);
        Require(KolmogorovSmirnov is > 0 and <= 1, "kolmogorovSmirnov above 0 up to 1", KolmogorovSmirnov);
    }

    private static void Require(bool condition, string expected, object got)
    {
        if (!condition)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"drift: expected {expected}, got {got}."));
        }
    }
}
