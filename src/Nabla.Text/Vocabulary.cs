using Microsoft.ML.Tokenizers;
using Nabla.Data;

namespace Nabla.Text;

/// <summary>Learns vocabularies from texts.</summary>
public static class Vocabulary
{
    /// <summary>
    /// The tokens of texts, those met most first and those met equally often in ordinal order, behind <see cref="TextPreprocessing.SpecialTokens"/>.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="unit">What a token is.</param>
    /// <param name="mostTokens">The most tokens of the vocabulary, the special ones counted.</param>
    /// <param name="fewestUses">How often a token must be met to be in it.</param>
    /// <param name="lowerCase">Whether capital letters become small ones first.</param>
    public static IReadOnlyList<string> Build(
        IEnumerable<string> texts, TextUnit unit, int mostTokens = int.MaxValue, int fewestUses = 1, bool lowerCase = true)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostTokens, TextPreprocessing.SpecialTokens.Count);
        Dictionary<string, int> uses = new(StringComparer.Ordinal);
        foreach (string token in texts.SelectMany(text => Tokens(lowerCase ? text.ToLowerInvariant() : text, unit)))
        {
            uses[token] = uses.GetValueOrDefault(token) + 1;
        }

        IEnumerable<string> most = uses
            .Where(use => use.Value >= fewestUses && !TextPreprocessing.SpecialTokens.Contains(use.Key))
            .OrderByDescending(use => use.Value)
            .ThenBy(use => use.Key, StringComparer.Ordinal)
            .Select(use => use.Key);
        return [.. TextPreprocessing.SpecialTokens.Concat(most).Take(mostTokens)];
    }

    internal static PreTokenizer PreTokenizerOf(TextUnit unit) => unit == TextUnit.Word ? new WordPreTokenizer() : new CharacterPreTokenizer();

    private static IEnumerable<string> Tokens(string text, TextUnit unit) =>
        PreTokenizerOf(unit).PreTokenize(text).Select(piece => text.Substring(piece.Offset, piece.Length));
}
