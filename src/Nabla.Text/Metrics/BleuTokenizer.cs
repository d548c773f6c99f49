using System.Text;
using System.Text.RegularExpressions;

namespace Nabla.Text.Metrics;

/// <summary>Cuts texts into the tokens that BLEU counts, by the rules of mteval-v13a and of sacreBLEU.</summary>
internal static partial class BleuTokenizer
{
    /// <summary>The tokens of a text.</summary>
    public static string[] Tokens(string text, BleuTokenization tokenization) => tokenization switch
    {
        BleuTokenization.Mteval13a => Western($" {Unescaped(text.TrimEnd())} "),
        BleuTokenization.Chinese => Western(Apart(text.Trim(), IsChinese)),
        BleuTokenization.Characters => Words(Apart(text, _ => true)),
        _ => Words(text),
    };

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    // Marks but apostrophe, comma, hyphen and period stand alone; periods and commas unless a digit is before or behind; a hyphen behind a digit.
    private static string[] Western(string text)
    {
        text = Marks().Replace(text, " $0 ");
        text = PointBehindNoDigit().Replace(text, "$1 $2 ");
        text = PointBeforeNoDigit().Replace(text, " $1 $2");
        return Words(HyphenBehindDigit().Replace(text, "$1 $2 "));
    }

    private static string Unescaped(string text) => text
        .Replace("<skipped>", "", StringComparison.Ordinal)
        .Replace("-\n", "", StringComparison.Ordinal)
        .Replace('\n', ' ')
        .Replace("&quot;", "\"", StringComparison.Ordinal)
        .Replace("&amp;", "&", StringComparison.Ordinal)
        .Replace("&lt;", "<", StringComparison.Ordinal)
        .Replace("&gt;", ">", StringComparison.Ordinal);

    private static string Apart(string text, Func<Rune, bool> standsAlone)
    {
        StringBuilder apart = new(text.Length * 3);
        foreach (Rune rune in text.EnumerateRunes())
        {
            apart.Append(standsAlone(rune) ? $" {rune} " : rune.ToString());
        }

        return apart.ToString();
    }

    // What sacreBLEU takes for Chinese: ideographs, radicals, strokes, phonetic signs, marks, full-width forms, and, because its bounds of extension B are
    // written with four digits, all that stands between U+2001 and U+2A6D.
    private static bool IsChinese(Rune rune) => rune.Value is
        (>= 0x2001 and <= 0x2A6D) or (>= 0x2E80 and <= 0x2FDF) or (>= 0x2FF0 and <= 0x303F) or (>= 0x3100 and <= 0x312F)
        or (>= 0x31A0 and <= 0x31BF) or (>= 0x31C0 and <= 0x31EF) or (>= 0x3200 and <= 0x4DB5) or (>= 0x4E00 and <= 0x9FBB)
        or (>= 0xF900 and <= 0xFA2D) or (>= 0xFA30 and <= 0xFA6A) or (>= 0xFA70 and <= 0xFAD9)
        or (>= 0xFE10 and <= 0xFE1F) or (>= 0xFE30 and <= 0xFE4F) or (>= 0xFF00 and <= 0xFFEF);

    [GeneratedRegex(@"[ -&(-+/:-@\[-`{-~]", RegexOptions.CultureInvariant)]
    private static partial Regex Marks();

    [GeneratedRegex("([^0-9])([.,])", RegexOptions.CultureInvariant)]
    private static partial Regex PointBehindNoDigit();

    [GeneratedRegex("([.,])([^0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex PointBeforeNoDigit();

    [GeneratedRegex("([0-9])(-)", RegexOptions.CultureInvariant)]
    private static partial Regex HyphenBehindDigit();
}
