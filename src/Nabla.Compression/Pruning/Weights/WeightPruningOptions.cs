namespace Nabla.Compression;

/// <summary>What says which weights count.</summary>
public enum WeightImportance
{
    /// <summary>Their absolute value.</summary>
    Magnitude,

    /// <summary>
    /// Whether training moves them away from zero, by scores that are learnt beside them (Sanh et al., Movement Pruning: Adaptive Sparsity by Fine-Tuning, 2020,
    /// arXiv 2005.07683). It says something only after training.
    /// </summary>
    Movement,
}

/// <summary>How single weights are taken away.</summary>
public sealed record WeightPruningOptions
{
    /// <summary>What says which weights count.</summary>
    public WeightImportance Importance { get; init; }

    /// <summary>Whether all weights are ranked together, else those of each parameter alone, the default.</summary>
    public bool Global { get; init; }

    /// <summary>
    /// The weights, by patterns of dotted names: <c>*</c> stands for any characters, <c>?</c> for one. Only trainable ones of two or more axes are pruned; by default
    /// all of them.
    /// </summary>
    public IReadOnlyList<string> Targets { get; init; } = ["*"];
}
