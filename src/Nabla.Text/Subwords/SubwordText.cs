using System.Globalization;
using System.Text;
using Nabla.Data;

namespace Nabla.Text;

/// <summary>How texts are written in parts of words: a low line stands for the space before a word, and bytes for characters that are not known.</summary>
internal static class SubwordText
{
    /// <summary>The mark of a space, that of SentencePiece (Kudo and Richardson, arXiv 1808.06226).</summary>
    public const string Space = "\u2581";

    private const int ByteLength = 6;

    /// <summary>The tokens of all bytes, <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
    public static IReadOnlyList<string> Bytes { get; } =
        [.. Enumerable.Range(0, 256).Select(value => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"))];

    /// <summary>The pieces of text that tokens are, with the number of tokens of each: bytes that follow each other are one. Null for what is no token.</summary>
    public static IEnumerable<(string? Text, int Tokens)> Pieces(IEnumerable<int> ids, IReadOnlyList<string> vocabulary, bool hasBytes)
    {
        List<byte> bytes = [];
        bool begins = true;
        foreach (int id in ids)
        {
            string? token = id < 0 || id >= vocabulary.Count ? null : id == TextPreprocessing.PaddingId ? "" : vocabulary[id];
            if (hasBytes && token is not null && IsByte(token))
            {
                bytes.Add(Convert.ToByte(token[3..^1], 16));
                continue;
            }

            if (bytes.Count > 0)
            {
                yield return (Encoding.UTF8.GetString([.. bytes]), bytes.Count);
                begins = false;
                bytes.Clear();
            }

            // The space that a text begins with is none of its own.
            yield return (token?[(begins && token.StartsWith(Space, StringComparison.Ordinal) ? 1 : 0)..].Replace(Space[0], ' '), 1);
            begins = begins && token is "";
        }

        if (bytes.Count > 0)
        {
            yield return (Encoding.UTF8.GetString([.. bytes]), bytes.Count);
        }
    }

    /// <summary>Whether a token is a byte.</summary>
    public static bool IsByte(string token) => token.Length == ByteLength && token.StartsWith("<0x", StringComparison.Ordinal) && token[^1] == '>';

    /// <summary>The characters of a piece of a text with their lengths in it. A text begins as if a space stood before it.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="beginsText">Whether nothing stands before it.</param>
    public static List<(string Symbol, int Length)> Symbols(ReadOnlySpan<char> piece, bool beginsText)
    {
        List<(string, int)> symbols = new(piece.Length + 1);
        if (beginsText)
        {
            symbols.Add((Space, 0));
        }

        for (int index = 0, length; index < piece.Length; index += length)
        {
            _ = Rune.DecodeFromUtf16(piece[index..], out Rune rune, out length);
            symbols.Add((rune.Value == ' ' ? Space : rune.ToString(), length));
        }

        return symbols;
    }
}
