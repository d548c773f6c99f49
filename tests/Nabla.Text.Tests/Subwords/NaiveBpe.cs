using Nabla.Data;

namespace Nabla.Text.Tests.Subwords;

/// <summary>Byte-pair encoding as it is defined: all pairs are counted anew for each merge.</summary>
internal static class NaiveBpe
{
    public static (List<string> Vocabulary, List<string> Merges) Learn(string[] texts, int size, int fewestUses, bool lowerCase, int longest)
    {
        List<string[]> words = [];
        foreach (string text in texts.Select(text => lowerCase ? text.ToLowerInvariant() : text))
        {
            foreach ((int offset, int length) in TextTokenizer.Of(Empty).PreTokenizer!.PreTokenize(text))
            {
                string word = (offset == 0 ? " " : "") + text.Substring(offset, length);
                words.Add([.. word.EnumerateRunes().Select(rune => rune.Value == ' ' ? "\u2581" : rune.ToString())]);
            }
        }

        List<string> vocabulary =
        [
            "<pad>", "<unk>",
            .. words.SelectMany(word => word).CountBy(symbol => symbol).Where(pair => pair.Value >= fewestUses)
                .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key),
        ];
        List<string> merges = [];
        while (vocabulary.Count < size && Most(words, vocabulary, fewestUses, longest) is { } pair)
        {
            merges.Add($"{pair.Left} {pair.Right}");
            if (!vocabulary.Contains(pair.Left + pair.Right))
            {
                vocabulary.Add(pair.Left + pair.Right);
            }

            words = [.. words.Select(word => Merged(word, pair))];
        }

        return (vocabulary, merges);
    }

    private static TextPreprocessing Empty => new() { Unit = TextUnit.Subword, Length = 1, Vocabulary = TextPreprocessing.SpecialTokens, Merges = [] };

    private static (string Left, string Right)? Most(List<string[]> words, List<string> vocabulary, int fewestUses, int longest) => words
        .SelectMany(word => word.Zip(word.Skip(1)))
        .Where(pair => vocabulary.Contains(pair.First) && vocabulary.Contains(pair.Second) && (pair.First + pair.Second).EnumerateRunes().Count() <= longest)
        .CountBy(pair => pair)
        .Where(pair => pair.Value >= fewestUses)
        .OrderByDescending(pair => pair.Value)
        .ThenBy(pair => vocabulary.IndexOf(pair.Key.First))
        .ThenBy(pair => vocabulary.IndexOf(pair.Key.Second))
        .Select(pair => ((string, string)?)pair.Key)
        .FirstOrDefault();

    private static string[] Merged(string[] word, (string Left, string Right) pair)
    {
        List<string> merged = [];
        for (int place = 0; place < word.Length; place++)
        {
            bool isPair = place + 1 < word.Length && (word[place], word[place + 1]) == pair;
            merged.Add(isPair ? word[place] + word[++place] : word[place]);
        }

        return [.. merged];
    }
}
