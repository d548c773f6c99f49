namespace Nabla.Text;

/// <summary>The continuations of one text that <see cref="BeamSearch"/> follows.</summary>
/// <param name="prompt">The tokens that are given.</param>
/// <param name="options">How the search is made.</param>
/// <param name="wanted">How many of the best are looked for: the search is over when no other can be among them.</param>
internal sealed class Beams(IReadOnlyList<int> prompt, GenerationOptions options, int wanted)
{
    private readonly ScoreRule[] rules = [new ForbiddenRule(options.ForbiddenTokens), new RepetitionRule(options.RepetitionPenalty)];
    private readonly List<Hypothesis> ended = [];
    private Prefix[] live = [new Prefix([], 0)];
    private int length;

    /// <summary>The tokens that are given.</summary>
    public IReadOnlyList<int> Prompt => prompt;

    /// <summary>How many rows of the model belong to the text.</summary>
    public int Rows => live.Length;

    /// <summary>Whether nothing is left to be found.</summary>
    public bool IsOver => live.Length == 0;

    /// <summary>What was found, the best first. OrderBy is stable: of equals the one that was found first.</summary>
    public IReadOnlyList<Hypothesis> Best => [.. ended.OrderByDescending(hypothesis => hypothesis.Score).Take(options.Beams)];

    /// <summary>Goes one token on.</summary>
    /// <param name="scores">What the model says of each row, <c>[rows, vocabulary]</c>.</param>
    /// <param name="vocabulary">The tokens of a row.</param>
    /// <returns>The rows that go on, by the place of the row that they come from, with the new token of each; none when the search is over.</returns>
    public IEnumerable<(int Row, int Token)> Extend(ReadOnlySpan<float> scores, int vocabulary)
    {
        length++;
        Extension[] chosen = Choose(scores, vocabulary);
        if (length == options.MaximumTokens || chosen.Length == 0 || IsSettled(chosen[0].LogProbability))
        {
            ended.AddRange(chosen.Select(extension => Close(extension, hasEnded: false)));
            live = [];
            return [];
        }

        live = [.. chosen.Select(extension => new Prefix([.. live[extension.Row].Tokens, extension.Token], extension.LogProbability))];
        return chosen.Select(extension => (extension.Row, extension.Token));
    }

    // The best extensions of all rows; those that end the text are put aside and leave their place to the next best.
    private Extension[] Choose(ReadOnlySpan<float> scores, int vocabulary)
    {
        List<Extension> going = [];
        foreach (Extension extension in Candidates(scores, vocabulary))
        {
            if (options.StopTokens.Contains(extension.Token))
            {
                ended.Add(Close(extension, hasEnded: true));
            }
            else
            {
                going.Add(extension);
            }

            if (going.Count == options.Beams)
            {
                break;
            }
        }

        return [.. going];
    }

    // From each row as many as could be taken even if all that end the text come first.
    private IEnumerable<Extension> Candidates(ReadOnlySpan<float> scores, int vocabulary)
    {
        List<Extension> candidates = [];
        for (int row = 0; row < live.Length; row++)
        {
            double[] logarithms = LogProbabilities(scores.Slice(row * vocabulary, vocabulary), live[row]);
            candidates.AddRange(Ranking.Largest(logarithms, options.Beams + options.StopTokens.Count)
                .Where(token => !double.IsNegativeInfinity(logarithms[token]))
                .Select(token => new Extension(row, token, live[row].LogProbability + logarithms[token])));
        }

        return candidates.OrderByDescending(candidate => candidate.LogProbability);
    }

    private double[] LogProbabilities(ReadOnlySpan<float> scores, Prefix prefix)
    {
        double[] changed = new double[scores.Length];
        for (int token = 0; token < changed.Length; token++)
        {
            changed[token] = scores[token];
        }

        int[] earlier = options.RepetitionPenalty == 1 ? [] : [.. prompt, .. prefix.Tokens];
        foreach (ScoreRule rule in rules)
        {
            rule.Apply(changed, earlier);
        }

        return Ranking.LogSoftmax(changed);
    }

    // A text only becomes less probable as it grows, and at the most its sum is divided by what belongs to the greatest length.
    private bool IsSettled(double best)
    {
        double reachable = best / Divisor(options.MaximumTokens);
        return ended.Count >= wanted
            && ended.Select(hypothesis => hypothesis.Score).OrderDescending().ElementAt(wanted - 1) >= reachable;
    }

    private Hypothesis Close(Extension extension, bool hasEnded)
    {
        IReadOnlyList<int> tokens = live[extension.Row].Tokens;
        return new Hypothesis(
            hasEnded ? tokens : [.. tokens, extension.Token],
            extension.LogProbability,
            hasEnded,
            extension.LogProbability / Divisor(tokens.Count + 1));
    }

    private double Divisor(int length) => Math.Pow((5.0 + length) / 6, options.LengthPenalty);

    private readonly record struct Prefix(IReadOnlyList<int> Tokens, double LogProbability);

    private readonly record struct Extension(int Row, int Token, double LogProbability);
}
