using System.Text;
using System.Text.RegularExpressions;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>
/// A regular expression out of a <c>tokenizer.json</c>, written for Oniguruma; to it as to this a character beyond U+FFFF is one. A search ends after a second,
/// however the expression and the text were made.
/// </summary>
internal sealed class PublishedExpression
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly string path;
    private readonly string written;
    private readonly Regex expression;
    private readonly AstralCharacters characters;

    /// <exception cref="InvalidFileException">It is none that can be read.</exception>
    public PublishedExpression(string path, string written)
    {
        (this.path, this.written) = (path, written);
        try
        {
            (string translated, characters) = ExpressionSyntax.Translate(written);
            expression = new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.Multiline, Longest);
        }
        catch (ArgumentException error)
        {
            string reason = error is RegexParseException parse ? $"{parse.Error}" : error.Message.TrimEnd('.');
            throw new InvalidFileException(path, FilePosition.None, $"expected an expression that can be read, got '{written}' ({reason})", error);
        }
    }

    /// <summary>Where a text matches.</summary>
    /// <exception cref="InvalidFileException">The search took too long.</exception>
    public IEnumerable<(int Offset, int Length)> Matches(string text)
    {
        (string Text, int[] Places)? changed = characters.Write(text);
        MatchCollection matches = expression.Matches(changed?.Text ?? text);
        return InTime(text, () => matches.Select(match => changed is { } place
            ? (place.Places[match.Index], place.Places[match.Index + match.Length] - place.Places[match.Index])
            : (match.Index, match.Length)).ToArray());
    }

    /// <summary>The text with something else where it matches.</summary>
    /// <exception cref="InvalidFileException">The search took too long.</exception>
    public string Replace(string text, string content)
    {
        StringBuilder result = new(text.Length);
        int begin = 0;
        foreach ((int offset, int length) in Matches(text))
        {
            result.Append(text, begin, offset - begin).Append(content);
            begin = offset + length;
        }

        return result.Append(text, begin, text.Length - begin).ToString();
    }

    private T InTime<T>(string text, Func<T> search)
    {
        try
        {
            return search();
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new InvalidFileException(
                path, FilePosition.None, $"expected an expression that finds a place within {Longest.TotalSeconds} s, got '{written}', which does not in a text of {text.Length} characters", error);
        }
    }
}
