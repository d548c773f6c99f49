using System.Text;
using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>
/// Cuts a text into pieces that no part of a word reaches beyond, and leaves nothing out: runs of letters and digits, runs of ideographs and kana, runs of
/// signs, each with the space before it; other white space stands alone.
/// </summary>
internal sealed class SubwordPreTokenizer : PreTokenizer
{
    private const char Space = ' ';

    private enum Kind
    {
        Space,
        Word,
        Ideograph,
        Sign,
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PreTokenize(text.AsSpan());
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        List<(int, int)> pieces = [];
        int begin = 0;
        Kind inside = Kind.Space;
        for (int index = 0; index < text.Length;)
        {
            _ = Rune.DecodeFromUtf16(text[index..], out Rune rune, out int length);
            Kind kind = KindOf(rune, text[(index + length)..], inside);
            bool joins = kind != Kind.Space && (kind == inside || (inside == Kind.Space && index - begin == 1 && text[begin] == Space));
            if (!joins && index > begin)
            {
                pieces.Add((begin, index - begin));
                begin = index;
            }

            inside = kind;
            index += length;
        }

        if (begin < text.Length)
        {
            pieces.Add((begin, text.Length - begin));
        }

        return pieces;
    }

    private static Kind KindOf(Rune rune, ReadOnlySpan<char> rest, Kind inside)
    {
        if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
        {
            return Kind.Space;
        }

        if (WordPreTokenizer.StandsAlone(rune.Value))
        {
            return Kind.Ideograph;
        }

        bool joinsLetters = inside == Kind.Word && (rune.Value is '\'' or '\u2019') && rest.Length > 0 && char.IsLetter(rest[0]);
        return joinsLetters || WordPreTokenizer.IsPartOfWord(rune) ? Kind.Word : Kind.Sign;
    }
}
