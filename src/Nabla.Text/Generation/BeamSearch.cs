namespace Nabla.Text;

/// <summary>A continuation that <see cref="BeamSearch"/> has found.</summary>
/// <param name="Tokens">The tokens that were made; the one that ended the text is not among them.</param>
/// <param name="LogProbability">The sum of the logarithms of the probabilities of all tokens, the one that ended the text included.</param>
/// <param name="Ended">Whether a stop token has ended it, not the limit of length.</param>
/// <param name="Score">
/// What hypotheses are compared by: the log-probability divided by <c>((5 + length) / 6) ^ lengthPenalty</c>, with the length of all tokens, the one that
/// ended the text included (Wu et al., Google's Neural Machine Translation System, 2016, arXiv 1609.08144).
/// </param>
public sealed record Hypothesis(IReadOnlyList<int> Tokens, double LogProbability, bool Ended, double Score);

/// <summary>
/// Looks for the most probable continuation: after each token so many of the best prefixes go on. With as many beams as there are texts it finds the best
/// of all; with one it is greedy.
/// </summary>
public static class BeamSearch
{
    /// <summary>The best continuations, the best first; as many as there are beams, or all if there are fewer.</summary>
    /// <param name="model">What says how probable each token is.</param>
    /// <param name="prompt">The tokens that are given, at least one: for a translation the one that begins a text.</param>
    /// <param name="options">Beams, length, length penalty, and the stop and forbidden tokens; nothing is drawn.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static IReadOnlyList<Hypothesis> Run(
        IStepFunction model, IReadOnlyList<int> prompt, GenerationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        return prompt.Count > 0
            ? new Beams(model, prompt, options).Run(cancellationToken)
            : throw new ArgumentException("A search needs at least one token to begin with, but the prompt is empty.", nameof(prompt));
    }
}
