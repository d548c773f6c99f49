using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>
/// Cuts a text into words and marks: letters, digits and the marks on them stay together, with apostrophes between letters (<c>don't</c>);
/// ideographs and kana, which are written without spaces, stand alone, and so does any other sign. White space is left out.
/// </summary>
public sealed class WordPreTokenizer : PreTokenizer
{
    private enum Kind
    {
        Space,
        Word,
        Sign,
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PreTokenize(text.AsSpan());
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        List<(int, int)> pieces = [];
        int begin = 0;
        bool inWord = false;
        for (int index = 0; index < text.Length;)
        {
            _ = Rune.DecodeFromUtf16(text[index..], out Rune rune, out int length);
            Kind kind = inWord && IsApostrophe(rune) && IsLetterAt(text, index + length) ? Kind.Word : KindOf(rune);
            if (inWord && kind != Kind.Word)
            {
                pieces.Add((begin, index - begin));
            }

            if (kind == Kind.Sign)
            {
                pieces.Add((index, length));
            }
            else if (kind == Kind.Word && !inWord)
            {
                begin = index;
            }

            inWord = kind == Kind.Word;
            index += length;
        }

        if (inWord)
        {
            pieces.Add((begin, text.Length - begin));
        }

        return pieces;
    }

    /// <summary>Unicode's blocks of kana, of the unified ideographs with their extensions, and of the compatibility ideographs.</summary>
    internal static bool StandsAlone(int value) =>
        value is (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x323AF);

    /// <summary>Whether something is a letter, a digit or a mark on one.</summary>
    internal static bool IsPartOfWord(Rune rune) => Rune.IsLetterOrDigit(rune) || IsMark(rune);

    private static Kind KindOf(Rune rune)
    {
        if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
        {
            return Kind.Space;
        }

        return StandsAlone(rune.Value) || !IsPartOfWord(rune) ? Kind.Sign : Kind.Word;
    }

    private static bool IsApostrophe(Rune rune) => rune.Value is '\'' or '\u2019';

    private static bool IsLetterAt(ReadOnlySpan<char> text, int index) =>
        index < text.Length && char.IsLetter(text[index]) && !StandsAlone(text[index]);

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
