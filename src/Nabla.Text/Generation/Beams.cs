namespace Nabla.Text;

/// <summary>One run of <see cref="BeamSearch"/>.</summary>
internal sealed class Beams(IStepFunction model, IReadOnlyList<int> prompt, GenerationOptions options)
{
    private readonly ScoreRule[] rules = [new ForbiddenRule(options.ForbiddenTokens), new RepetitionRule(options.RepetitionPenalty)];
    private readonly List<Hypothesis> ended = [];
    private Prefix[] live = [new Prefix([], 0)];

    public IReadOnlyList<Hypothesis> Run(CancellationToken cancellationToken)
    {
        Tensor next = Tensor.From([.. prompt]).Reshape(1, prompt.Count);
        for (int length = 1; length <= options.MaximumTokens && live.Length > 0; length++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Extension[] chosen = Extend(model.Step(next));
            if (length == options.MaximumTokens || chosen.Length == 0 || IsSettled(chosen[0].LogProbability))
            {
                ended.AddRange(chosen.Select(extension => Close(extension, hasEnded: false)));
                break;
            }

            live = [.. chosen.Select(extension => new Prefix([.. live[extension.Row].Tokens, extension.Token], extension.LogProbability))];
            model.Select([.. chosen.Select(extension => extension.Row)]);
            next = Tensor.From([.. chosen.Select(extension => extension.Token)]).Reshape(chosen.Length, 1);
        }

        // OrderBy is stable: of equals the one that was found first.
        return [.. ended.OrderByDescending(hypothesis => hypothesis.Score).Take(options.Beams)];
    }

    // The best extensions of all rows; those that end the text are put aside and leave their place to the next best.
    private Extension[] Extend(Tensor scores)
    {
        List<Extension> going = [];
        foreach (Extension extension in Candidates(scores))
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
    private IEnumerable<Extension> Candidates(Tensor scores)
    {
        int vocabulary = scores.Shape[1];
        float[] values = scores.ToArray<float>();
        List<Extension> candidates = [];
        for (int row = 0; row < live.Length; row++)
        {
            double[] logarithms = LogProbabilities(values.AsSpan(row * vocabulary, vocabulary), live[row]);
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
        return ended.Count >= options.Beams
            && ended.Select(hypothesis => hypothesis.Score).OrderDescending().ElementAt(options.Beams - 1) >= reachable;
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
