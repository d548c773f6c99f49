using System.Text;
using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>Cuts texts as BERT does: at white space, and each punctuation mark stands alone.</summary>
internal sealed class BertPreTokenizer(SpecialTokens special) : PreTokenizer
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<(int, int)> pieces = [];
        foreach ((int offset, int length, bool isSpecial) in special.Split(text))
        {
            if (isSpecial)
            {
                pieces.Add((offset, length));
            }
            else
            {
                Cut(text, offset, offset + length, pieces);
            }
        }

        return pieces;
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

    private static void Cut(string text, int index, int end, List<(int, int)> pieces)
    {
        int begin = index;
        while (index < end)
        {
            _ = Rune.DecodeFromUtf16(text.AsSpan(index), out Rune rune, out int length);
            bool isSpace = Rune.IsWhiteSpace(rune);
            if (isSpace || IsPunctuation(rune))
            {
                if (index > begin)
                {
                    pieces.Add((begin, index - begin));
                }

                begin = index + length;
                if (!isSpace)
                {
                    pieces.Add((index, length));
                }
            }

            index += length;
        }

        if (end > begin)
        {
            pieces.Add((begin, end - begin));
        }
    }

    // All of ASCII's signs count, such as $ and ^, which Unicode does not take for punctuation.
    private static bool IsPunctuation(Rune rune) => Rune.IsPunctuation(rune) || (rune.IsAscii && Rune.IsSymbol(rune));
}
