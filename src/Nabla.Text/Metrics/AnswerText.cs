using System.Text.RegularExpressions;

namespace Nabla.Text.Metrics;

/// <summary>Makes answers comparable.</summary>
internal static partial class AnswerText
{
    // What CMRC 2018's evaluation leaves out.
    private const string ChineseMarks = "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』";

    private static readonly WordPreTokenizer Words = new();

    /// <summary>The tokens of an answer, what does not count left out.</summary>
    public static string[] Tokens(string answer, AnswerLanguage language) => language == AnswerLanguage.English
        ? English(answer).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        : Cut(Chinese(answer));

    /// <summary>An answer in the form in which equal ones are the same.</summary>
    public static string Normalized(string answer, AnswerLanguage language) =>
        language == AnswerLanguage.English ? string.Join(' ', Tokens(answer, language)) : Chinese(answer);

    /// <summary>The best of a score over the answers that are right; without any, that of the empty one.</summary>
    public static double Best(IReadOnlyList<string> answers, Func<string, double> score) => answers.Count == 0 ? score("") : answers.Max(score);

    private static string English(string answer)
    {
        string letters = string.Concat(answer.ToLowerInvariant().Where(letter => !(char.IsAscii(letter) && (char.IsPunctuation(letter) || char.IsSymbol(letter)))));
        return Articles().Replace(letters, " ");
    }

    private static string Chinese(string answer) =>
        string.Concat(answer.ToLowerInvariant().Trim().Where(letter => !ChineseMarks.Contains(letter, StringComparison.Ordinal)));

    private static string[] Cut(string text)
    {
        List<(int Offset, int Length)> pieces = [];
        foreach ((int offset, int length) in Words.PreTokenize(text))
        {
            if (pieces is [.., (var first, var before)] && first + before == offset && IsWithinNumber(text, offset))
            {
                pieces[^1] = (first, before + length);
            }
            else
            {
                pieces.Add((offset, length));
            }
        }

        return [.. pieces.Select(piece => text.Substring(piece.Offset, piece.Length))];
    }

    // Whether a number goes on at a place: with the point or comma between two digits, or with the digit behind it.
    private static bool IsWithinNumber(string text, int place)
    {
        int mark = text[place] is '.' or ',' ? place : place - 1;
        return text[mark] is '.' or ',' && mark > 0 && mark + 1 < text.Length && char.IsAsciiDigit(text[mark - 1]) && char.IsAsciiDigit(text[mark + 1]);
    }

    [GeneratedRegex(@"\b(?:a|an|the)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Articles();
}
