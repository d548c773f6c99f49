using System.Text.Json;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Where a text begins as if a space stood before it; the names are those of <c>tokenizer.json</c>.</summary>
internal enum PrependScheme
{
    Always,
    First,
    Never,
}

/// <summary>Writes spaces as a visible character, as SentencePiece does (Kudo and Richardson, arXiv 1808.06226), and takes it back.</summary>
/// <param name="Replacement">The character.</param>
/// <param name="Scheme">Which pieces begin with one more: each, that which begins the text, or none.</param>
/// <param name="Splits">Whether texts are cut before each.</param>
internal sealed record Metaspace(char Replacement, PrependScheme Scheme, bool Splits)
{
    /// <summary>Reads a step of a pre-tokenizer or of a decoder.</summary>
    /// <exception cref="InvalidFileException">The character is none, or the scheme is unknown.</exception>
    public static Metaspace Read(string path, JsonElement step)
    {
        string replacement = step.GetProperty("replacement").GetString()!;
        string scheme = step.TryGetProperty("prepend_scheme", out JsonElement named) ? named.GetString()!
            : TokenizerJsonSteps.Flag(step, "add_prefix_space", true) ? "always" : "never";
        PrependScheme? known = scheme switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => null,
        };
        return known is { } found && replacement.Length == 1
            ? new Metaspace(replacement[0], found, TokenizerJsonSteps.Flag(step, "split", true))
            : throw new InvalidFileException(
                path, FilePosition.None, $"expected a Metaspace of one character with the prepend_scheme always, first or never, got '{replacement}' with '{scheme}'");
    }

    /// <summary>The pieces of a text with the character for spaces.</summary>
    public IEnumerable<TextPiece> Cut(TextPiece piece)
    {
        string text = piece.Text.Replace(' ', Replacement);
        bool prepends = !text.StartsWith(Replacement) && (Scheme == PrependScheme.Always || (Scheme == PrependScheme.First && piece.Begins));
        TextPiece written = piece with { Text = prepends ? Replacement + text : text };
        return Splits ? BeforeEach(written) : [written];
    }

    /// <summary>The text that a token stands for. That which begins a text loses the characters in it where one was put before the text.</summary>
    public string TextOf(string token, bool isFirst) =>
        isFirst && Scheme != PrependScheme.Never ? token.Replace($"{Replacement}", "", StringComparison.Ordinal) : token.Replace(Replacement, ' ');

    private IEnumerable<TextPiece> BeforeEach(TextPiece piece)
    {
        for (int begin = 0, end; begin < piece.Text.Length; begin = end)
        {
            int next = piece.Text.IndexOf(Replacement, begin + 1);
            end = next == -1 ? piece.Text.Length : next;
            yield return piece.Part(begin, end - begin);
        }
    }
}
