using TorchSharp;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>One thing that Nabla and its peers do from equal inputs.</summary>
/// <param name="Variant">Which size of the case.</param>
/// <param name="Metric">How time is expressed.</param>
/// <param name="Nabla">Does it once, and returns what is compared.</param>
/// <param name="Rivals">The peers, each in one configuration or several.</param>
internal sealed record Duel(string Variant, Metric Metric, Func<Tensor[]> Nabla, IReadOnlyList<Rival> Rivals)
{
    /// <summary>A duel with libtorch alone, in its default configuration.</summary>
    public Duel(string variant, Metric metric, Func<Tensor[]> nabla, Func<torch.Tensor[]> libtorch)
        : this(variant, metric, nabla, [Rival.Libtorch("libtorch", libtorch)])
    {
    }

    /// <summary>The name of the case.</summary>
    public string Case { get; init; } = string.Empty;

    /// <summary>What is compared, where it is not what <see cref="Nabla"/> does.</summary>
    public Func<Tensor[]>? Answer { get; init; }

    /// <summary>The largest difference allowed, as a share of the largest value.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>How many calls are compared: more than one where a call changes what the next one answers.</summary>
    public int ComparedCalls { get; init; } = 1;

    /// <summary>Whether its share of the machine's peak says something.</summary>
    public bool ComparesWithPeak { get; init; }
}
