using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>
/// Prepares texts as BERT does (Devlin et al., arXiv 1810.04805): control characters are left out, ideographs stand between spaces, and, for models of
/// small letters, capital letters become small and accents are taken off. Special tokens stay as they are.
/// </summary>
internal sealed class BertNormalizer(bool lowerCase, bool stripAccents, SpecialTokens special, bool clean = true, bool spaceIdeographs = true) : Normalizer
{
    public override string Normalize(string original)
    {
        ArgumentNullException.ThrowIfNull(original);
        StringBuilder text = new(original.Length);
        foreach ((int offset, int length, bool isSpecial) in special.Split(original))
        {
            string piece = original.Substring(offset, length);
            text.Append(isSpecial ? piece : Prepared(piece));
        }

        return text.ToString();
    }

    public override string Normalize(ReadOnlySpan<char> original) => Normalize(original.ToString());

    /// <summary>A text with small letters. One capital letter becomes two characters, which the runtime leaves as it is.</summary>
    public static string Small(string text) => text.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal);

    private string Prepared(string piece)
    {
        StringBuilder text = new(piece.Length);
        foreach (Rune rune in piece.EnumerateRunes())
        {
            if (spaceIdeographs && IsIdeograph(rune.Value))
            {
                text.Append(' ').Append(rune).Append(' ');
            }
            else if (!clean || !IsDropped(rune))
            {
                text.Append(clean && Rune.IsWhiteSpace(rune) ? " " : rune.ToString());
            }
        }

        string small = lowerCase ? Small(text.ToString()) : text.ToString();
        return stripAccents ? Accents.Remove(small) : small;
    }

    private static bool IsDropped(Rune rune) =>
        rune.Value is 0 or 0xFFFD
        || (!Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse);

    // The ideographs of Unicode's CJK blocks; kana and hangul are written with words and stay together.
    private static bool IsIdeograph(int value) => value is (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2CEAF) or (>= 0x2F800 and <= 0x2FA1F);
}
