using System.Globalization;
using System.Text;

namespace Nabla.Text;

/// <summary>Reads what expressions say of characters: classes such as <c>[^\s\p{Han}a-z]</c>, and escapes that stand for many code points or for one.</summary>
internal ref struct CharacterClass
{
    private readonly ReadOnlySpan<char> text;
    private int place;

    private CharacterClass(ReadOnlySpan<char> text)
    {
        this.text = text;
    }

    private readonly bool IsAtEnd => place >= text.Length;

    /// <summary>The code points of a class in brackets, an escape, or a character; null for what stands for no character, such as <c>\A</c>.</summary>
    /// <exception cref="ArgumentException">It cannot be read, or programs read it in two ways.</exception>
    public static CodePointSet? Read(ReadOnlySpan<char> part)
    {
        CharacterClass reader = new(part);
        return part[0] == '[' ? reader.Class() : part is ['\\', 'A' or 'z' or 'Z' or 'G' or 'k' or (>= '0' and <= '9'), ..] ? null : reader.Item().Set;
    }

    private CodePointSet Class()
    {
        if (text[^1] != ']' || text.Length < 2)
        {
            throw new ArgumentException("a class without an end");
        }

        bool isNegated = text[1] == '^';
        place = isNegated ? 2 : 1;
        ReadOnlySpan<char> inner = text[..^1];
        CharacterClass items = new(inner) { place = place };
        CodePointSet set = items.Union();
        return isNegated ? set.Complement() : set;
    }

    private CodePointSet Union()
    {
        List<(int, int)> ranges = [];
        while (!IsAtEnd)
        {
            bool isOfTwoMeanings = text[place] == '[' || text[place..].StartsWith("&&");
            (CodePointSet set, int? first) = isOfTwoMeanings ? throw new ArgumentException("a class within a class") : Item();
            if (place + 1 < text.Length && text[place] == '-')
            {
                place++;
                int? last = Item().CodePoint;
                set = first <= last
                    ? CodePointSet.Of((first.Value, last.Value))
                    : throw new ArgumentException("a range of characters that has no beginning or no end, or ends before it begins");
            }

            ranges.AddRange(set.Ranges);
        }

        return CodePointSet.Of(ranges);
    }

    // What a character or an escape stands for; the code point if it is one.
    private (CodePointSet Set, int? CodePoint) Item()
    {
        if (text[place] != '\\')
        {
            _ = Rune.DecodeFromUtf16(text[place..], out Rune rune, out int length);
            place += length;
            return One(rune.Value);
        }

        char kind = place + 1 < text.Length ? text[place + 1] : throw new ArgumentException("an escape of nothing");
        place += 2;
        CodePointSet? set = char.ToLowerInvariant(kind) switch
        {
            'd' => UnicodeProperties.Digit,
            'h' => UnicodeProperties.HexadecimalDigit,
            's' => UnicodeProperties.Space,
            'w' => text[0] == '[' ? UnicodeProperties.Word : UnicodeProperties.WordOutsideOfClasses,
            'p' => Property(),
            _ => null,
        };
        return set is null ? One(CodePoint(kind)) : (char.IsAsciiLetterUpper(kind) ? set.Complement() : set, null);
    }

    private static (CodePointSet Set, int? CodePoint) One(int codePoint) => (CodePointSet.Of((codePoint, codePoint)), codePoint);

    private CodePointSet Property()
    {
        ReadOnlySpan<char> name = Braces();
        bool isNegated = name.StartsWith("^");
        CodePointSet set = UnicodeProperties.Find(name[(isNegated ? 1 : 0)..].ToString()) ?? throw new ArgumentException($"the property {name}, which is neither a category nor a script");
        return isNegated ? set.Complement() : set;
    }

    private int CodePoint(char kind) => kind switch
    {
        'x' when !IsAtEnd && text[place] == '{' => Number(Braces()),
        'x' => Number(Take(2)),
        'u' => Number(Take(4)),
        't' => '\t',
        'n' => '\n',
        'v' => '\v',
        'f' => '\f',
        'r' => '\r',
        'a' => '\a',
        'b' => '\b',
        'e' => '\e',
        '0' => 0,
        _ when char.IsAsciiLetterOrDigit(kind) => throw new ArgumentException($"the escape \\{kind}"),
        _ => kind,
    };

    private ReadOnlySpan<char> Braces()
    {
        int end = !IsAtEnd && text[place] == '{' ? text[place..].IndexOf('}') : -1;
        return end > 0 ? Take(end + 1)[1..^1] : throw new ArgumentException("an escape without its braces");
    }

    private ReadOnlySpan<char> Take(int length)
    {
        ReadOnlySpan<char> taken = text.Slice(place, Math.Min(length, text.Length - place));
        place += taken.Length;
        return taken;
    }

    private static int Number(ReadOnlySpan<char> hexadecimal) =>
        int.TryParse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) && value is >= 0 and <= CodePointSet.Last
            ? value
            : throw new ArgumentException($"the code point '{hexadecimal}'");
}
