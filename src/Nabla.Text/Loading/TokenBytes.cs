using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Nabla.Text;

/// <summary>Texts of tokens that are bytes: <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> among other tokens, or a character for each.</summary>
internal static class TokenBytes
{
    private static readonly FrozenDictionary<char, byte> Values =
        WholePieceTokenizer.Characters.Index().ToFrozenDictionary(pair => pair.Item, pair => (byte)pair.Index);

    /// <summary>The text of tokens whose characters stand for bytes; tokens with others are text.</summary>
    public static string OfCharacters(IReadOnlyList<string> tokens) => Encoding.UTF8.GetString(
        [.. tokens.SelectMany(token => token.All(Values.ContainsKey) ? token.Select(character => Values[character]) : Encoding.UTF8.GetBytes(token))]);

    /// <summary>
    /// The tokens with the text of bytes that follow each other in their place. What is no UTF-8 becomes U+FFFD, as the Unicode standard advises; whole
    /// characters beside it stay, so that the text of the first tokens is the beginning of the text of all.
    /// </summary>
    public static IReadOnlyList<string> Join(IReadOnlyList<string> tokens)
    {
        List<string> texts = new(tokens.Count);
        List<byte> bytes = [];
        foreach (string token in tokens)
        {
            if (SubwordText.IsByte(token) && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                bytes.Add(value);
                continue;
            }

            End();
            texts.Add(token);
        }

        End();
        return texts;

        void End()
        {
            if (bytes.Count > 0)
            {
                texts.Add(Encoding.UTF8.GetString([.. bytes]));
                bytes.Clear();
            }
        }
    }
}
