using Nabla.Data;
using Nabla.Data.Pipeline;

namespace Nabla.Text;

/// <summary>Cuts a long text into windows from which a network learns, at each place, which token comes next.</summary>
/// <example>
/// <code>
/// string text = TextFile.Read("shakespeare.txt");
/// VocabularyTokenizer tokenizer = new(TextUnit.Character, Vocabulary.Build([text], TextUnit.Character, lowerCase: false), lowerCase: false);
/// Dataset&lt;Sample&gt; windows = TokenWindows.Of(tokenizer.EncodeToIds(text), length: 128, seed: 1);
/// </code>
/// </example>
public static class TokenWindows
{
    /// <summary>Windows that follow one another: inputs int32 <c>[length]</c>, and as targets the same one token further on. What is left at the end is not used.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="length">The tokens of a window, 1 or more.</param>
    /// <param name="seed">
    /// What decides where the first window of each epoch begins, so that no two epochs cut the text at the same places; null to begin with the first token.
    /// </param>
    /// <exception cref="ArgumentException">The text does not fill one window.</exception>
    public static Dataset<Sample> Of(IReadOnlyList<int> tokens, int length, long? seed = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        Limits.AtLeast(1, length);
        int spare = seed is null ? 0 : length - 1;
        int count = (tokens.Count - 1 - spare) / length;
        if (count < 1)
        {
            throw new ArgumentException($"Windows of {length} tokens need a text of at least {length + 1 + spare} tokens, but it has {tokens.Count}.", nameof(tokens));
        }

        int[] all = [.. tokens];
        return new MappedDataset<int, Sample>(
            Dataset.FromEnumerable<int>([.. Enumerable.Range(0, count).Select(window => window * length)]),
            (start, epoch, _) => Window(all, start + FirstOf(epoch, length, seed), length));
    }

    private static int FirstOf(int epoch, int length, long? seed) =>
        seed is { } value ? (int)(RandomKey.FromSeed(value).Fold("windows").Fold(epoch).Value % (ulong)length) : 0;

    private static Sample Window(int[] tokens, int start, int length) =>
        new(Tensor.From(tokens[start..(start + length)]), Tensor.From(tokens[(start + 1)..(start + 1 + length)]));
}
