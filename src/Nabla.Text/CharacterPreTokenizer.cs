using System.Text;
using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>Cuts a text into its characters, white space included; two surrogates are one character.</summary>
public sealed class CharacterPreTokenizer : PreTokenizer
{
    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PreTokenize(text.AsSpan());
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        List<(int, int)> pieces = new(text.Length);
        for (int index = 0, length; index < text.Length; index += length)
        {
            _ = Rune.DecodeFromUtf16(text[index..], out _, out length);
            pieces.Add((index, length));
        }

        return pieces;
    }
}
