namespace Nabla.Text;

/// <summary>How a text is continued. By default each token is drawn by the probabilities that the model gives.</summary>
/// <example><code>GenerationOptions calm = new() { Temperature = 0.7, TopK = 20, MaximumTokens = 300, Seed = 4 };</code></example>
public sealed record GenerationOptions
{
    /// <summary>The least that a score may be divided by: below, differences of scores are no finite numbers any more.</summary>
    public const double LeastFactor = 1e-6;

    /// <summary>The most that a score may be divided by.</summary>
    public const double LargestFactor = 1e6;

    /// <summary>Whether the most probable token is always taken, so that nothing is drawn; false by default.</summary>
    public bool Greedy { get; init; }

    /// <summary>What scores are divided by before they become probabilities, from <see cref="LeastFactor"/> to <see cref="LargestFactor"/>: below 1 the probable becomes more so, above 1 all become alike.</summary>
    public double Temperature { get; init => field = Limits.Between(LeastFactor, LargestFactor, value, nameof(Temperature)); } = 1;

    /// <summary>
    /// Only so many most probable tokens are drawn from, 1 or more; null for all (Fan et al., Hierarchical Neural Story Generation, 2018, arXiv 1805.04833).
    /// </summary>
    public int? TopK { get; init => field = value is { } count ? Limits.AtLeast(1, count, nameof(TopK)) : null; }

    /// <summary>
    /// Only the fewest most probable tokens whose probabilities sum to this are drawn from; above 0 up to 1, which means all (Holtzman et al., The Curious
    /// Case of Neural Text Degeneration, 2020, arXiv 1904.09751).
    /// </summary>
    public double TopP { get; init => field = Limits.Positive(Limits.Share(value, nameof(TopP)), nameof(TopP)); } = 1;

    /// <summary>
    /// What the scores of tokens that are there already are divided by, or multiplied with where they are negative; 1 changes nothing, more avoids
    /// repetition (Keskar et al., CTRL, 2019, arXiv 1909.05858). From <see cref="LeastFactor"/> to <see cref="LargestFactor"/>.
    /// </summary>
    public double RepetitionPenalty { get; init => field = Limits.Between(LeastFactor, LargestFactor, value, nameof(RepetitionPenalty)); } = 1;

    /// <summary>The tokens that are made at most, 1 or more.</summary>
    public int MaximumTokens { get; init => field = Limits.AtLeast(1, value, nameof(MaximumTokens)); } = 256;

    /// <summary>Tokens that end the text; they are no part of it.</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];

    /// <summary>Tokens that are never made, such as the one that stands for no token; each of them one that the model has a score of.</summary>
    public IReadOnlyList<int> ForbiddenTokens { get; init; } = [];

    /// <summary>What decides the draws: the same seed gives the same text.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>How many texts are followed side by side by <see cref="BeamSearch"/>, 1 or more; 1 makes one token after the other.</summary>
    public int Beams { get; init => field = Limits.AtLeast(1, value, nameof(Beams)); } = 1;

    /// <summary>How much longer texts are preferred by <see cref="BeamSearch"/>, 0 or more; see <see cref="Hypothesis.Score"/>.</summary>
    public double LengthPenalty { get; init => field = Limits.NotNegative(value, nameof(LengthPenalty)); } = 0.6;
}
