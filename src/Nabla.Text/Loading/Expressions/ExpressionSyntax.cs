using System.Text;

namespace Nabla.Text;

/// <summary>
/// Writes an expression for Oniguruma as one for .NET. Its possessive quantifiers <c>?+</c>, <c>*+</c> and <c>++</c> become atomic groups, which mean the
/// same; its classes are of code points, and their names are Unicode's, scripts such as <c>\p{Han}</c> among them.
/// </summary>
internal static class ExpressionSyntax
{
    /// <summary>The expression, and what texts become for it.</summary>
    /// <exception cref="ArgumentException">It cannot be read, or programs read it in two ways.</exception>
    public static (string Expression, AstralCharacters Characters) Translate(string written)
    {
        List<(string Text, CodePointSet? Class)> parts = [];
        for (int index = 0; index < written.Length;)
        {
            string part = written.Substring(index, LengthAt(written, index));
            index += part.Length;
            parts.Add((part, IsBoundary(part) ? UnicodeProperties.WordOutsideOfClasses : IsClass(part) ? CharacterClass.Read(part) : null));
        }

        AstralCharacters characters = new([.. parts.Select(part => part.Class).OfType<CodePointSet>()]);
        return (WithAtomicGroups([.. parts.Select(part => part.Class is { } set ? Write(part.Text, characters.Write(set)) : part.Text)]), characters);
    }

    private static bool IsBoundary(string part) => part is @"\b" or @"\B";

    // The engine's own boundaries know nothing of letters beyond U+FFFF.
    private static string Write(string part, string set) => part switch
    {
        @"\b" => $"(?:(?<={set})(?!{set})|(?<!{set})(?={set}))",
        @"\B" => $"(?:(?<={set})(?={set})|(?<!{set})(?!{set}))",
        _ => set,
    };

    private static bool IsClass(string part) => part[0] is '[' or '\\' || char.IsSurrogate(part[0]);

    private static string WithAtomicGroups(string[] parts)
    {
        StringBuilder result = new();
        Stack<int> groups = new();
        int atom = 0;
        for (int place = 0; place < parts.Length; place++)
        {
            string part = parts[place];
            if (part is "?" or "*" or "+" || IsInterval(part))
            {
                bool isPossessive = place + 1 < parts.Length && parts[place + 1] == "+";
                if (isPossessive && IsInterval(part))
                {
                    throw new ArgumentException($"the quantifier {part}+, which programs read in two ways");
                }

                result.Insert(atom, isPossessive ? "(?>" : "").Append(part).Append(isPossessive ? ")" : "");
                place += isPossessive ? 1 : 0;
                continue;
            }

            bool closes = part == ")" && groups.Count > 0;
            atom = closes ? groups.Pop() : result.Length;
            if (part is "(" or "(?")
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
        _ => char.IsSurrogatePair(written, index) ? 2 : 1,
    };

    private static int LengthOfEscape(string written, int index)
    {
        char kind = index + 1 < written.Length ? written[index + 1] : '\\';
        int braces = index + 2 < written.Length && written[index + 2] == '{' ? written.IndexOf('}', index) : -1;
        int length = kind is 'p' or 'P' or 'x' && braces > 0 ? braces + 1 - index : kind == 'u' ? 6 : kind == 'x' ? 4 : 2;
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
