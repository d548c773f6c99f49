using System.Globalization;

namespace Nabla.Text;

/// <summary>Code points of Unicode, as ranges that lie apart, in order.</summary>
internal sealed class CodePointSet
{
    /// <summary>The last code point.</summary>
    public const int Last = 0x10FFFF;

    private CodePointSet(List<(int First, int Last)> ranges)
    {
        Ranges = ranges;
    }

    /// <summary>No code point.</summary>
    public static CodePointSet Empty { get; } = new([]);

    /// <summary>The ranges, both ends counted.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges { get; }

    /// <summary>The set of ranges that may overlap and stand in any order.</summary>
    public static CodePointSet Of(params IEnumerable<(int First, int Last)> ranges)
    {
        List<(int First, int Last)> joined = [];
        foreach ((int first, int last) in ranges.OrderBy(range => range.First))
        {
            if (joined.Count > 0 && first <= joined[^1].Last + 1)
            {
                joined[^1] = (joined[^1].First, Math.Max(joined[^1].Last, last));
            }
            else
            {
                joined.Add((first, last));
            }
        }

        return new CodePointSet(joined);
    }

    /// <summary>Reads ranges as <c>41-5A 61</c>, in hexadecimal.</summary>
    public static CodePointSet Parse(string text) => Of(text.Split(' ').Select(range =>
    {
        string[] ends = range.Split('-');
        return (Number(ends[0]), Number(ends[^1]));

        static int Number(string hexadecimal) => int.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }));

    /// <summary>What is in this set or in the other one.</summary>
    public CodePointSet Union(CodePointSet other) => Of(Ranges.Concat(other.Ranges));

    /// <summary>What is not in this set.</summary>
    public CodePointSet Complement()
    {
        List<(int, int)> gaps = [];
        int next = 0;
        foreach ((int first, int last) in Ranges)
        {
            if (first > next)
            {
                gaps.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= Last)
        {
            gaps.Add((next, Last));
        }

        return new CodePointSet(gaps);
    }

    /// <summary>Whether a code point is in it.</summary>
    public bool Contains(int codePoint)
    {
        (int low, int high) = (0, Ranges.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Ranges[middle].Last < codePoint ? (middle + 1, high) : (low, middle);
        }

        return low < Ranges.Count && Ranges[low].First <= codePoint;
    }
}
