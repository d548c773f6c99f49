using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>
/// Turns tokens into text as they come. Only whole characters come out: a token may be half of a surrogate pair, or some of the bytes of a character, and is
/// then kept until the rest is there.
/// </summary>
/// <remarks>
/// The tokens of the piece before are decoded with each new one, so that what a tokenizer puts between two tokens, such as a space between words, is there.
/// </remarks>
public sealed class StreamingDecoder
{
    private const char Replacement = '\uFFFD';

    // A character has four bytes at most; what is not whole after so many tokens never will be.
    private const int MostKept = 8;

    private readonly Tokenizer tokenizer;
    private readonly List<int> tokens;
    private string shown;
    private int whole;

    /// <summary>A decoder.</summary>
    /// <param name="tokenizer">What knows the tokens.</param>
    /// <param name="before">The tokens that stand before the first one, such as those of a prompt; they come out no more.</param>
    public StreamingDecoder(Tokenizer tokenizer, IReadOnlyList<int>? before = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        this.tokenizer = tokenizer;
        tokens = [.. (before ?? []).TakeLast(MostKept)];
        whole = tokens.Count;
        shown = Decode();
    }

    /// <summary>The characters that a token makes whole; empty if there are none yet.</summary>
    public string Add(int token)
    {
        tokens.Add(token);
        string text = Decode();
        return IsWhole(text) || tokens.Count - whole >= MostKept ? Take(text) : "";
    }

    /// <summary>What is left when no more tokens come: a replacement character for bytes that are no character.</summary>
    public string Finish() => Take(Decode());

    private static bool IsWhole(string text) => text.Length == 0 || !(text[^1] == Replacement || char.IsHighSurrogate(text[^1]));

    private string Take(string text)
    {
        string piece = text.StartsWith(shown, StringComparison.Ordinal) ? text[shown.Length..] : text[Math.Min(shown.Length, text.Length)..];
        tokens.RemoveRange(0, whole);
        whole = tokens.Count;
        shown = Decode();
        return piece;
    }

    private string Decode() => tokens.Count == 0 ? "" : tokenizer.Decode(tokens) ?? "";
}
