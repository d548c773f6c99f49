namespace Nabla.Text;

/// <summary>Changes the scores of the next token; a token that cannot be drawn gets the score of negative infinity.</summary>
internal abstract record ScoreRule
{
    /// <summary>The rules that options ask for, in the order in which they apply.</summary>
    public static IEnumerable<ScoreRule> Of(GenerationOptions options)
    {
        yield return new ForbiddenRule(options.ForbiddenTokens);
        yield return new RepetitionRule(options.RepetitionPenalty);
        if (options.Greedy)
        {
            yield break;
        }

        yield return new TemperatureRule(options.Temperature);
        if (options.TopK is { } count)
        {
            yield return new TopKRule(count);
        }

        if (options.TopP < 1)
        {
            yield return new TopPRule(options.TopP);
        }
    }

    /// <param name="scores">The scores of all tokens, which the rule changes.</param>
    /// <param name="earlier">The tokens so far.</param>
    /// <exception cref="ArgumentException">A token is none of those that have scores.</exception>
    public abstract void Apply(Span<double> scores, IReadOnlyList<int> earlier);

    /// <summary>A token, if it has a score.</summary>
    protected static int Known(int token, Span<double> scores, string what) => (uint)token < (uint)scores.Length
        ? token
        : throw new ArgumentException($"Expected {what} tokens from 0 to {scores.Length - 1}, of which the model has scores, but got {token}.");
}

/// <summary>Tokens that cannot come.</summary>
internal sealed record ForbiddenRule(IReadOnlyList<int> Tokens) : ScoreRule
{
    public override void Apply(Span<double> scores, IReadOnlyList<int> earlier)
    {
        foreach (int token in Tokens)
        {
            scores[Known(token, scores, "forbidden")] = double.NegativeInfinity;
        }
    }
}

/// <summary>Makes what is there already less probable.</summary>
internal sealed record RepetitionRule(double Penalty) : ScoreRule
{
    public override void Apply(Span<double> scores, IReadOnlyList<int> earlier)
    {
        if (Penalty == 1)
        {
            return;
        }

        foreach (int token in earlier.Distinct())
        {
            ref double score = ref scores[Known(token, scores, "earlier")];
            score = score > 0 ? score / Penalty : score * Penalty;
        }
    }
}

/// <summary>Makes the distribution sharper or flatter.</summary>
internal sealed record TemperatureRule(double Temperature) : ScoreRule
{
    public override void Apply(Span<double> scores, IReadOnlyList<int> earlier)
    {
        foreach (ref double score in scores)
        {
            score /= Temperature;
        }
    }
}

/// <summary>Keeps the most probable tokens; of equals those with the lowest numbers.</summary>
internal sealed record TopKRule(int Count) : ScoreRule
{
    public override void Apply(Span<double> scores, IReadOnlyList<int> earlier) => Ranking.KeepOnly(scores, Ranking.Largest(scores, Count));
}

/// <summary>Keeps the fewest most probable tokens whose probabilities sum to a share.</summary>
internal sealed record TopPRule(double Share) : ScoreRule
{
    public override void Apply(Span<double> scores, IReadOnlyList<int> earlier)
    {
        double[] probabilities = Ranking.Softmax(scores);
        int[] order = Ranking.Largest(scores, scores.Length);
        double sum = 0;
        int kept = 0;
        while (kept < order.Length && sum < Share)
        {
            sum += probabilities[order[kept++]];
        }

        Ranking.KeepOnly(scores, order.AsSpan(0, kept));
    }
}
