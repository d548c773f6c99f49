using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>Cuts a text in several steps, each of which sees the pieces of the one before alone; special tokens are found first and stay whole.</summary>
internal sealed class PreTokenizerSequence(SpecialTokens special, IReadOnlyList<PreTokenizer> steps) : PreTokenizer
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return special.Split(text).SelectMany(piece => Cut(text, piece.Offset, piece.Length, piece.IsSpecial ? steps.Count : 0));
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

    private IEnumerable<(int Offset, int Length)> Cut(string text, int offset, int length, int step)
    {
        if (step == steps.Count)
        {
            return [(offset, length)];
        }

        string piece = length == text.Length ? text : text.Substring(offset, length);
        return steps[step].PreTokenize(piece).SelectMany(part => Cut(text, offset + part.Offset, part.Length, step + 1));
    }
}
