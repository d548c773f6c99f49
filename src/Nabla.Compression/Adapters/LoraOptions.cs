namespace Nabla.Compression;

/// <summary>How low-rank adapters are made.</summary>
public sealed record LoraOptions
{
    /// <summary>The rank of the updates, at least 1: an update of a weight <c>[inputs, outputs]</c> has <c>rank * (inputs + outputs)</c> numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int Rank { get; init => field = Limits.AtLeast(1, value, nameof(Rank)); } = 8;

    /// <summary>How much an update counts, above 0: it is multiplied by <c>Alpha / Rank</c>, so that the learning rate need not change with the rank.</summary>
    /// <exception cref="ArgumentOutOfRangeException">0 or less, or not finite.</exception>
    public double Alpha
    {
        get;
        init => field = value is > 0 and < double.PositiveInfinity
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Alpha), value, "Expected a number above 0.");
    } = 16;

    /// <summary>
    /// Whether an update is multiplied by <c>Alpha / sqrt(Rank)</c> instead, so that updates of large rank learn as fast as those of small (Kalajdzievski, A Rank
    /// Stabilization Scaling Factor for Fine-Tuning with LoRA, 2023, arXiv 2312.03732); false by default.
    /// </summary>
    public bool StabilizesRank { get; init; }

    /// <summary>
    /// Whether the two matrices begin as the largest singular values of the weight, which is taken off it so that the network begins as it is (PiSSA; Meng et
    /// al., PiSSA: Principal Singular Values and Singular Vectors Adaptation of Large Language Models, 2024, arXiv 2404.02948); else, and by default, the first
    /// is random and the second zero.
    /// </summary>
    public bool BeginsAsPrincipal { get; init; }

    /// <summary>
    /// Whether the length of each column of a weight is learnt beside its direction (DoRA; Liu et al., DoRA: Weight-Decomposed Low-Rank Adaptation, 2024,
    /// arXiv 2402.09353).
    /// </summary>
    public bool DecomposesWeights { get; init; }

    /// <summary>
    /// The weights that get an update, by patterns of dotted names: <c>*</c> stands for any characters, <c>?</c> for one. Only weights of two or more axes do;
    /// by default all kernels.
    /// </summary>
    public IReadOnlyList<string> Targets { get; init; } = ["*kernel"];

    /// <summary>
    /// The parameters that are trained as they are beside the updates, by patterns of dotted names, such as the gains of normalisations, biases, or the last
    /// layer; none by default. Those that get an update, or that no gradient ever changes, are left out.
    /// </summary>
    public IReadOnlyList<string> AlsoTrained { get; init; } = [];

    /// <summary>Where the first values come from.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>What an update is multiplied by.</summary>
    internal double Scale => Alpha / (StabilizesRank ? Math.Sqrt(Rank) : Rank);
}
