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
    /// <param name="furtherTokens">What follows the special tokens, such as <see cref="TextPreprocessing.BeginToken"/>; null for nothing.</param>
    /// <exception cref="ArgumentException">Tokens are to be parts of words: <see cref="BpeTrainer"/> learns those.</exception>
    public static IReadOnlyList<string> Build(
        IEnumerable<string> texts, TextUnit unit, int mostTokens = int.MaxValue, int fewestUses = 1, bool lowerCase = true,
        IReadOnlyList<string>? furtherTokens = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        string[] special = [.. TextPreprocessing.SpecialTokens, .. furtherTokens ?? []];
        ArgumentOutOfRangeException.ThrowIfLessThan(mostTokens, special.Length);
        Dictionary<string, int> uses = new(StringComparer.Ordinal);
        foreach (string token in texts.SelectMany(text => Tokens(lowerCase ? text.ToLowerInvariant() : text, unit)))
        {
            uses[token] = uses.GetValueOrDefault(token) + 1;
        }

        IEnumerable<string> most = uses
            .Where(use => use.Value >= fewestUses && !special.Contains(use.Key))
            .OrderByDescending(use => use.Value)
            .ThenBy(use => use.Key, StringComparer.Ordinal)
            .Select(use => use.Key);
        return [.. special.Concat(most).Take(mostTokens)];
    }

    /// <summary>The places of tokens.</summary>
    /// <exception cref="ArgumentException">A token is there twice, or the first are not the special ones.</exception>
    internal static Dictionary<string, int> PlacesOf(IReadOnlyList<string> vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (!vocabulary.Take(TextPreprocessing.SpecialTokens.Count).SequenceEqual(TextPreprocessing.SpecialTokens))
        {
            throw new ArgumentException($"The vocabulary must begin with {string.Join(", ", TextPreprocessing.SpecialTokens)}.", nameof(vocabulary));
        }

        Dictionary<string, int> places = new(vocabulary.Count, StringComparer.Ordinal);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (!places.TryAdd(vocabulary[id], id))
            {
                throw new ArgumentException($"The vocabulary has '{vocabulary[id]}' twice: at {places[vocabulary[id]]} and at {id}.", nameof(vocabulary));
            }
        }

        return places;
    }

    internal static PreTokenizer PreTokenizerOf(TextUnit unit) => unit switch
    {
        TextUnit.Word => new WordPreTokenizer(),
        TextUnit.Character => new CharacterPreTokenizer(),
        _ => throw new ArgumentException($"A vocabulary has words or characters, but tokens are to be of kind {unit}: use BpeTrainer and TextTokenizer.", nameof(unit)),
    };

    private static IEnumerable<string> Tokens(string text, TextUnit unit) =>
        PreTokenizerOf(unit).PreTokenize(text).Select(piece => text.Substring(piece.Offset, piece.Length));
}
