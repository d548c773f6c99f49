using TorchSharp;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>One thing that both systems do from equal inputs.</summary>
/// <param name="Variant">Which size or layout of the case.</param>
/// <param name="Metric">How time is expressed.</param>
/// <param name="Nabla">Does it once, and returns what is compared.</param>
/// <param name="Libtorch">The same by libtorch; the caller disposes what comes.</param>
internal sealed record Duel(string Variant, Metric Metric, Func<Tensor[]> Nabla, Func<torch.Tensor[]> Libtorch)
{
    /// <summary>The name of the case.</summary>
    public string Case { get; init; } = string.Empty;

    /// <summary>Brings libtorch's answers into Nabla's layout, before they are compared.</summary>
    public Func<torch.Tensor, torch.Tensor>[] Layouts { get; init; } = [];

    /// <summary>The largest difference allowed, as a share of the largest value.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>How many calls are compared: more than one where a call changes what the next one answers.</summary>
    public int ComparedCalls { get; init; } = 1;

    /// <summary>Whether a row with the share of the machine's peak belongs to it.</summary>
    public bool ComparesWithPeak { get; init; }
}
