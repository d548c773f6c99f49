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
        Beams beams = new(Checked(prompt), options, wanted: options.Beams);
        Run(model, [beams], cancellationToken);
        return beams.Best;
    }

    /// <summary>
    /// The best continuation of each of several texts, which the model reads side by side: that costs less than one after the other. At first each text is a
    /// row of the model, in the order of the prompts.
    /// </summary>
    /// <param name="model">What says how probable each token is.</param>
    /// <param name="prompts">The tokens that are given, equally many for each text and at least one.</param>
    /// <param name="options">Beams, length, length penalty, and the stop and forbidden tokens; nothing is drawn.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ArgumentException">A prompt is empty, or not as long as the first.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static IReadOnlyList<Hypothesis> RunAll(
        IStepFunction model, IReadOnlyList<IReadOnlyList<int>> prompts, GenerationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        if (prompts.FirstOrDefault(prompt => prompt.Count != prompts[0].Count) is { } odd)
        {
            throw new ArgumentException($"Texts side by side need prompts of one length, but got {prompts[0].Count} and {odd.Count} tokens.", nameof(prompts));
        }

        Beams[] all = [.. prompts.Select(prompt => new Beams(Checked(prompt), options, wanted: 1))];
        Run(model, all, cancellationToken);
        return [.. all.Select(beams => beams.Best[0])];
    }

    // The rows of the model are those of all texts that still go on, one text after the other.
    private static void Run(IStepFunction model, Beams[] all, CancellationToken cancellationToken)
    {
        Beams[] going = all;
        Tensor next = going.Length == 0 ? Tensor.Zeros([0, 0], DataType.Int32) : Stack(going.Select(beams => beams.Prompt));
        while (going.Length > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<int> rows = [];
            List<int[]> tokens = [];
            Extend(going, model.Step(next), rows, tokens);
            going = [.. going.Where(beams => !beams.IsOver)];
            if (going.Length > 0)
            {
                model.Select(rows);
                next = Stack(tokens);
            }
        }
    }

    private static void Extend(Beams[] going, Tensor scores, List<int> rows, List<int[]> tokens)
    {
        int vocabulary = scores.Shape[1];
        ReadOnlySpan<float> values = scores.ToArray<float>();
        int first = 0;
        foreach (Beams beams in going)
        {
            int count = beams.Rows;
            foreach ((int row, int token) in beams.Extend(values.Slice(first * vocabulary, count * vocabulary), vocabulary))
            {
                rows.Add(first + row);
                tokens.Add([token]);
            }

            first += count;
        }
    }

    private static Tensor Stack(IEnumerable<IReadOnlyList<int>> rows)
    {
        IReadOnlyList<int>[] all = [.. rows];
        return Tensor.From([.. all.SelectMany(row => row)]).Reshape(all.Length, all[0].Count);
    }

    private static IReadOnlyList<int> Checked(IReadOnlyList<int> prompt) => prompt.Count > 0
        ? prompt
        : throw new ArgumentException("A search needs at least one token to begin with, but the prompt is empty.", nameof(prompt));
}
