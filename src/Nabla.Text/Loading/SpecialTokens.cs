using System.Text.RegularExpressions;

namespace Nabla.Text;

/// <summary>Tokens that are found in a text before anything is done to it, such as <c>[MASK]</c>.</summary>
internal sealed class SpecialTokens
{
    private readonly Regex? pattern;

    /// <param name="tokens">The tokens.</param>
    /// <param name="words">Those that are found as words of their own alone.</param>
    public SpecialTokens(IReadOnlyList<string> tokens, IReadOnlySet<string>? words = null)
    {
        IEnumerable<string> patterns = tokens.OrderByDescending(token => token.Length).Select(token => words?.Contains(token) == true
            ? $@"(?<!\w){Regex.Escape(token)}(?!\w)"
            : Regex.Escape(token));
        pattern = tokens.Count == 0 ? null : new Regex(string.Join('|', patterns), RegexOptions.CultureInvariant);
    }

    /// <summary>What finds the added tokens of a file.</summary>
    public static SpecialTokens Of(IReadOnlyList<AddedToken> tokens) =>
        new([.. tokens.Select(token => token.Content)], tokens.Where(token => token.IsWord).Select(token => token.Content).ToHashSet(StringComparer.Ordinal));

    /// <summary>The pieces of a text that are special tokens and those between.</summary>
    public IEnumerable<(int Offset, int Length, bool IsSpecial)> Split(string text)
    {
        int begin = 0;
        foreach (Match match in pattern?.Matches(text) ?? Enumerable.Empty<Match>())
        {
            if (match.Index > begin)
            {
                yield return (begin, match.Index - begin, false);
            }

            yield return (match.Index, match.Length, true);
            begin = match.Index + match.Length;
        }

        if (begin < text.Length)
        {
            yield return (begin, text.Length - begin, false);
        }
    }
}
