using System.Globalization;

namespace Nabla.Formats;

/// <summary>Takes a Python literal apart, as far as headers of array files need it: texts, booleans and tuples of whole numbers.</summary>
internal sealed class PythonLiteral(string text, Func<string, Exception> error)
{
    private int position;

    public bool TryTake(char character)
    {
        SkipSpace();
        if (position == text.Length || text[position] != character)
        {
            return false;
        }

        position++;
        return true;
    }

    public void Expect(char character)
    {
        if (!TryTake(character))
        {
            throw Unexpected($"'{character}'");
        }
    }

    public void ExpectEnd()
    {
        SkipSpace();
        if (position != text.Length)
        {
            throw Unexpected("nothing more");
        }
    }

    public string Text()
    {
        char quote = TryTake('"') ? '"' : '\'';
        if (quote == '\'')
        {
            Expect('\'');
        }

        int end = text.IndexOf(quote, position);
        if (end < 0)
        {
            throw Unexpected("a closing quote");
        }

        string result = text[position..end];
        position = end + 1;
        return result;
    }

    public bool Boolean() => TryWord("True") || (TryWord("False") ? false : throw Unexpected("True or False"));

    public long[] Numbers()
    {
        List<long> numbers = [];
        Expect('(');
        while (!TryTake(')'))
        {
            numbers.Add(Number());
            if (!TryTake(','))
            {
                Expect(')');
                break;
            }
        }

        return [.. numbers];
    }

    private long Number()
    {
        SkipSpace();
        int end = position;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        if (!long.TryParse(text.AsSpan(position, end - position), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            throw Unexpected("a whole number");
        }

        // Python 2 wrote its long integers with an L.
        position = end < text.Length && text[end] == 'L' ? end + 1 : end;
        return number;
    }

    private bool TryWord(string word)
    {
        SkipSpace();
        bool found = text.AsSpan(position).StartsWith(word, StringComparison.Ordinal);
        position += found ? word.Length : 0;
        return found;
    }

    private void SkipSpace()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }

    private Exception Unexpected(string expected)
    {
        string rest = text[position..Math.Min(text.Length, position + 20)];
        return error($"expected {expected} at character {position} of the header, got {(rest.Length == 0 ? "its end" : $"'{rest}'")}");
    }
}
