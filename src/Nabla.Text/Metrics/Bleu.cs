namespace Nabla.Text.Metrics;

/// <summary>
/// How near translations are to references: the geometric mean of the shares of runs of one to four tokens that a reference has as well, times a penalty
/// for what is too short (Papineni et al., BLEU: a Method for Automatic Evaluation of Machine Translation, 2002). Over a whole corpus, with the
/// tokenization, smoothing and lengths of sacreBLEU (Post, A Call for Clarity in Reporting BLEU Scores, 2018, arXiv 1804.08771), so that the figures are
/// the same.
/// </summary>
/// <example>
/// <code>
/// BleuScore score = new Bleu { LowerCase = true }.Score(translations, references);
/// Console.WriteLine(score);   // BLEU|nrefs:1|case:lc|eff:no|tok:13a|smooth:exp = 31.4 ...
/// </code>
/// </example>
public sealed record Bleu
{
    /// <summary>How texts become tokens.</summary>
    public BleuTokenization Tokenization { get; init; } = BleuTokenization.Mteval13a;

    /// <summary>Whether capital letters count as small ones.</summary>
    public bool LowerCase { get; init; }

    /// <summary>
    /// Whether a length of runs of which none is right counts as half a run, the next one as a quarter, and so on (NIST's smoothing, method 3 of Chen and
    /// Cherry, 2014); otherwise the score is then 0.
    /// </summary>
    public bool Smooth { get; init; } = true;

    /// <summary>The score of a corpus.</summary>
    /// <param name="hypotheses">The translations.</param>
    /// <param name="references">One set of references or several, each with a reference for each translation.</param>
    /// <exception cref="ArgumentException">There is no set, or one has another number of texts; the message has both.</exception>
    public BleuScore Score(IReadOnlyList<string> hypotheses, params IReadOnlyList<IReadOnlyList<string>> references)
    {
        ArgumentNullException.ThrowIfNull(hypotheses);
        ArgumentNullException.ThrowIfNull(references);
        if (references.Count == 0 || references.Any(set => set.Count != hypotheses.Count))
        {
            int got = references.FirstOrDefault(set => set.Count != hypotheses.Count)?.Count ?? 0;
            throw new ArgumentException($"BLEU needs a reference for each of {hypotheses.Count} translations, but got {got}.", nameof(references));
        }

        BleuStatistics statistics = new();
        for (int index = 0; index < hypotheses.Count; index++)
        {
            statistics.Add(TokensOf(hypotheses[index]), [.. references.Select(set => TokensOf(set[index]))]);
        }

        return statistics.Score(Smooth, Signature(references.Count));
    }

    /// <summary>The tokens of a text that are counted.</summary>
    public string[] TokensOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return BleuTokenizer.Tokens(LowerCase ? text.ToLowerInvariant() : text, Tokenization);
    }

    private string Signature(int references)
    {
        string tokens = Tokenization switch
        {
            BleuTokenization.Mteval13a => "13a",
            BleuTokenization.Chinese => "zh",
            BleuTokenization.Characters => "char",
            _ => "none",
        };
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"nrefs:{references}|case:{(LowerCase ? "lc" : "mixed")}|eff:no|tok:{tokens}|smooth:{(Smooth ? "exp" : "none")}");
    }
}
