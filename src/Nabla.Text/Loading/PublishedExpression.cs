using System.Text;
using System.Text.RegularExpressions;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>
/// A regular expression out of a <c>tokenizer.json</c>, written for Oniguruma. Its possessive quantifiers <c>?+</c>, <c>*+</c> and <c>++</c> become atomic
/// groups, which mean the same. A search ends after a second, however the expression and the text were made.
/// </summary>
internal sealed class PublishedExpression
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly string path;
    private readonly string written;
    private readonly Regex expression;

    /// <exception cref="InvalidFileException">It is none that can be read.</exception>
    public PublishedExpression(string path, string written)
    {
        (this.path, this.written) = (path, written);
        try
        {
            expression = new Regex(WithAtomicGroups(written), RegexOptions.CultureInvariant, Longest);
        }
        catch (ArgumentException error)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected an expression that can be read, got '{written}' ({error.Message.TrimEnd('.')})", error);
        }
    }

    /// <summary>Where a text matches.</summary>
    /// <exception cref="InvalidFileException">The search took too long.</exception>
    public IEnumerable<(int Offset, int Length)> Matches(string text) => InTime(text, () => expression.Matches(text).Select(match => (match.Index, match.Length)).ToArray());

    /// <summary>The text with something else where it matches.</summary>
    /// <exception cref="InvalidFileException">The search took too long.</exception>
    public string Replace(string text, string content) => InTime(text, () => expression.Replace(text, _ => content));

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

    private static string WithAtomicGroups(string written)
    {
        StringBuilder result = new();
        Stack<int> groups = new();
        int atom = 0;
        for (int index = 0; index < written.Length;)
        {
            int length = LengthAt(written, index);
            string part = written.Substring(index, length);
            index += length;
            if (part is "?" or "*" or "+" || IsInterval(part))
            {
                bool isPossessive = index < written.Length && written[index] == '+';
                if (isPossessive && IsInterval(part))
                {
                    throw new ArgumentException($"the quantifier {part}+, which programs read in two ways");
                }

                result.Insert(atom, isPossessive ? "(?>" : "").Append(part).Append(isPossessive ? ")" : "");
                index += isPossessive ? 1 : 0;
                continue;
            }

            bool closes = part == ")" && groups.Count > 0;
            atom = closes ? groups.Pop() : result.Length;
            if (part[0] == '(')
            {
                groups.Push(atom);
            }

            result.Append(part);
        }

        return result.ToString();
    }

    // What a quantifier behind it would repeat: an escape, a class or a character; or the beginning of a group, or a quantifier.
    private static int LengthAt(string written, int index) => written[index] switch
    {
        '\\' => LengthOfEscape(written, index),
        '[' => LengthOfClass(written, index),
        '(' when index + 1 < written.Length && written[index + 1] == '?' => 2,
        '{' when written.IndexOf('}', index) is > 0 and int end && IsInterval(written[index..(end + 1)]) => end + 1 - index,
        _ => 1,
    };

    private static int LengthOfEscape(string written, int index)
    {
        char kind = index + 1 < written.Length ? written[index + 1] : '\\';
        int braces = index + 2 < written.Length && written[index + 2] == '{' ? written.IndexOf('}', index) : -1;
        int length = kind is 'p' or 'P' && braces > 0 ? braces + 1 - index : kind == 'u' ? 6 : kind == 'x' ? 4 : 2;
        return Math.Min(length, written.Length - index);
    }

    // A bracket that stands first is a character.
    private static int LengthOfClass(string written, int index)
    {
        int end = index + 1;
        end += end < written.Length && written[end] == '^' ? 1 : 0;
        end += end < written.Length && written[end] == ']' ? 1 : 0;
        while (end < written.Length && written[end] != ']')
        {
            end += written[end] == '\\' ? 2 : 1;
        }

        return Math.Min(end + 1, written.Length) - index;
    }

    private static bool IsInterval(string part) => part.Length > 2 && part[0] == '{' && part[1..^1].All(letter => char.IsAsciiDigit(letter) || letter == ',');
}
