using System.Text;

namespace Nabla.Text;

/// <summary>
/// Characters beyond U+FFFF for an engine that sees two surrogates in each: those that the same classes of an expression have become the same single
/// surrogate, in the classes and in texts, so that one character is one character to it.
/// </summary>
internal sealed class AstralCharacters
{
    private const int First = 0x10000;
    private const char FirstSurrogate = '\uD800';
    private const char LastSurrogate = '\uDFFF';

    private readonly List<int> begins;
    private readonly char[] standIns;

    /// <param name="classes">The classes of the expression.</param>
    /// <exception cref="ArgumentException">They tell more kinds of characters apart than there are surrogates.</exception>
    public AstralCharacters(IReadOnlyList<CodePointSet> classes)
    {
        IEnumerable<int> ends = classes.SelectMany(one => one.Ranges).SelectMany(range => new[] { range.First, range.Last + 1 });
        begins = [.. ends.Where(end => end is > First and <= CodePointSet.Last).Append(First).Distinct().Order()];
        Dictionary<string, char> kinds = new(StringComparer.Ordinal);
        standIns = [.. begins.Select(begin => StandIn(string.Concat(classes.Select(one => one.Contains(begin) ? '1' : '0'))))];

        char StandIn(string kind)
        {
            if (kinds.TryGetValue(kind, out char standIn))
            {
                return standIn;
            }

            return kinds[kind] = kinds.Count <= LastSurrogate - FirstSurrogate
                ? (char)(FirstSurrogate + kinds.Count)
                : throw new ArgumentException("too many classes");
        }
    }

    /// <summary>A class as the engine reads it.</summary>
    public string Write(CodePointSet set)
    {
        IEnumerable<(int, int)> beyond = begins.Index().Where(pair => set.Contains(pair.Item)).Select(pair => ((int)standIns[pair.Index], (int)standIns[pair.Index]));
        StringBuilder result = new("[");
        foreach ((int first, int last) in CodePointSet.Of(Within(set, 0, FirstSurrogate - 1).Concat(beyond).Concat(Within(set, LastSurrogate + 1, First - 1))).Ranges)
        {
            result.Append($"\\u{first:X4}").Append(last > first ? $"-\\u{last:X4}" : "");
        }

        return result.Length == 1 ? "(?!)" : result.Append(']').ToString();
    }

    /// <summary>A text as the engine reads it, with the places of its characters in the text and its end; null where both are the same.</summary>
    public (string Text, int[] Places)? Write(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstSurrogate, LastSurrogate))
        {
            return null;
        }

        StringBuilder result = new(text.Length);
        List<int> places = new(text.Length + 1);
        for (int index = 0, length; index < text.Length; index += length)
        {
            _ = Rune.DecodeFromUtf16(text.AsSpan(index), out Rune rune, out length);
            places.Add(index);
            result.Append(rune.IsBmp ? (char)rune.Value : StandInOf(rune.Value));
        }

        return (result.ToString(), [.. places, text.Length]);
    }

    private static IEnumerable<(int First, int Last)> Within(CodePointSet set, int first, int last) =>
        set.Ranges.Where(range => range.First <= last && range.Last >= first).Select(range => (Math.Max(range.First, first), Math.Min(range.Last, last)));

    private char StandInOf(int codePoint)
    {
        int place = begins.BinarySearch(codePoint);
        return standIns[place >= 0 ? place : ~place - 1];
    }
}
