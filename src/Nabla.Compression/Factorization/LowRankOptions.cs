namespace Nabla.Compression;

/// <summary>How kernels are factorised.</summary>
public sealed record LowRankOptions
{
    /// <summary>The share of the energy of a kernel, the sum of its squared singular values, that stays at least: above 0 and at most 1; 0.9 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of that range.</exception>
    public double Energy
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Energy), value, "Expected a share above 0 and at most 1.");
    } = 0.9;

    /// <summary>The layers, by patterns of dotted names: <c>*</c> stands for any characters, <c>?</c> for one; all by default.</summary>
    public IReadOnlyList<string> Targets { get; init; } = ["*"];
}
