namespace Nabla.Text;

/// <summary>Chooses the next token from the scores that a model gives. It remembers nothing: the same scores and key give the same token.</summary>
/// <param name="options">How.</param>
public sealed class TokenChooser(GenerationOptions options)
{
    private readonly GenerationOptions options = options ?? throw new ArgumentNullException(nameof(options));
    private readonly ScoreRule[] rules = [.. ScoreRule.Of(options)];

    /// <summary>The probabilities that a token is drawn by; where the most probable is always taken, its own is 1.</summary>
    /// <param name="scores">The logits, or logarithms of probabilities, of all tokens.</param>
    /// <param name="earlier">The tokens so far, which <see cref="GenerationOptions.RepetitionPenalty"/> makes less probable.</param>
    /// <exception cref="ArgumentException">A score is not a number, no token is possible, or one that is forbidden or earlier is none of the model's.</exception>
    public double[] Probabilities(ReadOnlySpan<float> scores, IReadOnlyList<int> earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        double[] changed = new double[scores.Length];
        for (int token = 0; token < changed.Length; token++)
        {
            changed[token] = !float.IsNaN(scores[token]) ? scores[token] : throw new ArgumentException($"The model's score of token {token} is not a number.");
        }

        foreach (ScoreRule rule in rules)
        {
            rule.Apply(changed, earlier);
        }

        int best = Ranking.Largest(changed, 1)[0];
        return double.IsNegativeInfinity(changed[best]) ? throw new ArgumentException("Each of the model's tokens is forbidden.")
            : options.Greedy ? [.. changed.Select((_, token) => token == best ? 1.0 : 0.0)]
            : Ranking.Softmax(changed);
    }

    /// <summary>One token.</summary>
    /// <param name="scores">The logits, or logarithms of probabilities, of all tokens.</param>
    /// <param name="earlier">The tokens so far.</param>
    /// <param name="key">What decides the draw; take another for each token, such as <c>key.Fold(step)</c>.</param>
    /// <exception cref="ArgumentException">A score is not a number, no token is possible, or one that is forbidden or earlier is none of the model's.</exception>
    public int Choose(ReadOnlySpan<float> scores, IReadOnlyList<int> earlier, RandomKey key)
    {
        double[] probabilities = Probabilities(scores, earlier);

        // 53 random bits as a number from 0 up to, not including, 1.
        double drawn = (key.Fold("token").Value >> 11) * Math.ScaleB(1, -53);
        double sum = 0;
        int last = 0;
        for (int token = 0; token < probabilities.Length; token++)
        {
            if (probabilities[token] == 0)
            {
                continue;
            }

            last = token;
            sum += probabilities[token];
            if (drawn < sum)
            {
                break;
            }
        }

        return last;
    }
}
