using Nabla.Compression;

namespace Nabla.Cli.Compression;

/// <summary>How a model is adapted to new data.</summary>
/// <param name="Method">One of <see cref="Methods"/>.</param>
/// <param name="Lora">The updates, for lora and dora; their rank is the size of adapters and the length of prefixes.</param>
/// <param name="Training">How it is trained; the seed decides the first values too.</param>
internal sealed record AdaptSettings(string Method, LoraOptions Lora, FurtherTraining Training)
{
    public const string LowRank = "lora";
    public const string Decomposed = "dora";
    public const string Bottleneck = "adapter";
    public const string Prefix = "prefix";
    public const string Biases = "bitfit";
    public const string Full = "full";

    /// <summary>How many times faster the second matrix of an update learns than the first; null for as fast.</summary>
    public double? Plus { get; init; }

    /// <summary>What the adapter calls its base; null for nothing.</summary>
    public string? Base { get; init; }

    /// <summary>The methods, in the order of the help.</summary>
    public static string[] Methods { get; } = [LowRank, Decomposed, Bottleneck, Prefix, Biases, Full];
}
