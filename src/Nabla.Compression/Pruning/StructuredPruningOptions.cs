namespace Nabla.Compression;

/// <summary>How channels, units and heads are taken away.</summary>
public sealed record StructuredPruningOptions
{
    /// <summary>The share of the budget that stays, above 0 and at most 1; half by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of that range.</exception>
    public double Keep
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Keep), value, "Expected a share above 0 and at most 1.");
    } = 0.5;

    /// <summary>What the share is of; multiply-adds by default.</summary>
    public PruningBudget Budget { get; init; }

    /// <summary>What says how much a channel counts; <see cref="ChannelImportance.L2"/> by default.</summary>
    public ChannelImportance Importance { get; init; }

    /// <summary>
    /// The channels of a layer stay a multiple of this, or all of them; 1 by default. Kernels compute whole vectors: 8 or 16 is often as fast as any number below.
    /// Heads are not rounded.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int MultipleOf { get; init => field = Limits.AtLeast(1, value, nameof(MultipleOf)); } = 1;

    /// <summary>The layers that may lose channels, by patterns of dotted names: <c>*</c> stands for any characters, <c>?</c> for one; all by default.</summary>
    public IReadOnlyList<string> Targets { get; init; } = ["*"];

    /// <summary>Samples, for importances that need some; null for none.</summary>
    public PruningSamples? Samples { get; init; }
}
