using System.Text;

namespace Nabla.Text.Metrics;

/// <summary>
/// How much of a reference stands in a text in the same order: the longest common subsequence of their words (Lin, ROUGE: A Package for Automatic
/// Evaluation of Summaries, 2004), both counting the same. Words are runs of letters and digits without regard to case, ideographs stand alone, and
/// nothing is stemmed.
/// </summary>
public static class RougeL
{
    /// <summary>The score of a text.</summary>
    public static RougeScore Of(string hypothesis, string reference)
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        ArgumentNullException.ThrowIfNull(reference);
        (List<string> answered, List<string> right) = (Words(hypothesis), Words(reference));
        double common = CommonSubsequence(answered, right);
        return common == 0 ? default : new RougeScore(common / answered.Count, common / right.Count);
    }

    /// <summary>The mean of the F measures of all texts, from 0 to 1.</summary>
    /// <exception cref="ArgumentException">There are none, or not a reference for each; the message has both counts.</exception>
    public static double Mean(IReadOnlyList<string> hypotheses, IReadOnlyList<string> references)
    {
        ArgumentNullException.ThrowIfNull(hypotheses);
        ArgumentNullException.ThrowIfNull(references);
        return hypotheses.Count > 0 && hypotheses.Count == references.Count
            ? hypotheses.Zip(references, (hypothesis, reference) => Of(hypothesis, reference).F).Average()
            : throw new ArgumentException($"ROUGE-L needs a reference for each text, but got {hypotheses.Count} texts and {references.Count} references.");
    }

    private static List<string> Words(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        foreach (Rune rune in text.ToLowerInvariant().EnumerateRunes())
        {
            bool alone = WordPreTokenizer.StandsAlone(rune.Value);
            if (word.Length > 0 && (alone || !WordPreTokenizer.IsPartOfWord(rune)))
            {
                words.Add(word.ToString());
                word.Clear();
            }

            if (alone)
            {
                words.Add(rune.ToString());
            }
            else if (WordPreTokenizer.IsPartOfWord(rune))
            {
                word.Append(rune);
            }
        }

        return word.Length > 0 ? [.. words, word.ToString()] : words;
    }

    private static int CommonSubsequence(List<string> left, List<string> right)
    {
        int[] before = new int[right.Count + 1];
        foreach (string word in left)
        {
            int[] row = new int[right.Count + 1];
            for (int column = 1; column < row.Length; column++)
            {
                row[column] = word == right[column - 1] ? before[column - 1] + 1 : Math.Max(before[column], row[column - 1]);
            }

            before = row;
        }

        return before[^1];
    }
}
