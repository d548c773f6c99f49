using System.Collections.Frozen;
using System.Globalization;

namespace Nabla.Text;

/// <summary>
/// The properties of code points that expressions name: general categories, as the runtime knows them, and scripts, from the Unicode Character Database
/// (<c>Scripts.txt</c>). In names capitals, spaces, hyphens and low lines do not count (Unicode Standard Annex 44, rule LM3).
/// </summary>
internal static class UnicodeProperties
{
    // By the order of the runtime's categories.
    private static readonly string[] Categories =
    [
        "lu", "ll", "lt", "lm", "lo", "mn", "mc", "me", "nd", "nl", "no", "zs", "zl", "zp", "cc", "cf", "cs", "co", "pc", "pd", "ps", "pe", "pi", "pf", "po",
        "sm", "sc", "sk", "so", "cn",
    ];

    private static readonly FrozenDictionary<string, string> LongNames = new Dictionary<string, string>
    {
        ["letter"] = "l",
        ["mark"] = "m",
        ["number"] = "n",
        ["punctuation"] = "p",
        ["punct"] = "p",
        ["symbol"] = "s",
        ["separator"] = "z",
        ["other"] = "c",
        ["uppercaseletter"] = "lu",
        ["lowercaseletter"] = "ll",
        ["decimalnumber"] = "nd",
        ["digit"] = "nd",
    }.ToFrozenDictionary();

    // Signs that are letters in circles or squares: they too are what words are made of (Unicode Technical Standard 18, annex C).
    private static readonly CodePointSet LettersInCircles = CodePointSet.Parse("24B6-24E9 1F130-1F149 1F150-1F169 1F170-1F189");

    private static readonly Lazy<FrozenDictionary<string, CodePointSet>> Named = new(Read);

    /// <summary>What <c>\d</c> means.</summary>
    public static CodePointSet Digit => Named.Value["nd"];

    /// <summary>What <c>\h</c> means.</summary>
    public static CodePointSet HexadecimalDigit { get; } = CodePointSet.Parse("30-39 41-46 61-66");

    /// <summary>What <c>\s</c> means.</summary>
    public static CodePointSet Space { get; } = CodePointSet.Parse("9-D 20 85 A0 1680 2000-200A 2028 2029 202F 205F 3000");

    /// <summary>What <c>\w</c> means within a class.</summary>
    public static CodePointSet Word { get; } = new[] { "l", "m", "nd", "nl", "pc" }.Select(name => Named.Value[name]).Aggregate(LettersInCircles, (all, one) => all.Union(one));

    /// <summary>What <c>\w</c> means elsewhere: Oniguruma's table for Latin-1 has its raised digits and its fractions too.</summary>
    public static CodePointSet WordOutsideOfClasses { get; } = Word.Union(CodePointSet.Parse("B2-B3 B9 BC-BE"));

    /// <summary>The code points of a category or a script; null for a name of neither.</summary>
    public static CodePointSet? Find(string name)
    {
        string key = KeyOf(name);
        return Named.Value.GetValueOrDefault(LongNames.GetValueOrDefault(key, key));
    }

    private static string KeyOf(string name) => string.Concat(name.Where(letter => letter is not (' ' or '-' or '_'))).ToLowerInvariant();

    private static FrozenDictionary<string, CodePointSet> Read()
    {
        Dictionary<string, CodePointSet> sets = OfCategories();
        sets["any"] = CodePointSet.Empty.Complement();
        using StreamReader scripts = new(typeof(UnicodeProperties).Assembly.GetManifestResourceStream("Scripts.txt")!);
        while (scripts.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                int end = line.IndexOf(' ', StringComparison.Ordinal);
                sets.Add(KeyOf(line[..end]), CodePointSet.Parse(line[(end + 1)..]));
            }
        }

        return sets.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static Dictionary<string, CodePointSet> OfCategories()
    {
        List<(int First, int Last)>[] ranges = [.. Categories.Select(_ => new List<(int, int)>())];
        for (int first = 0, next; first <= CodePointSet.Last; first = next)
        {
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(first);
            for (next = first + 1; next <= CodePointSet.Last && CharUnicodeInfo.GetUnicodeCategory(next) == category; next++)
            {
            }

            ranges[(int)category].Add((first, next - 1));
        }

        Dictionary<string, CodePointSet> sets = Categories.Index().ToDictionary(pair => pair.Item, pair => CodePointSet.Of(ranges[pair.Index]), StringComparer.Ordinal);
        foreach (IGrouping<char, string> group in Categories.GroupBy(name => name[0]))
        {
            sets[$"{group.Key}"] = group.Select(name => sets[name]).Aggregate(CodePointSet.Empty, (all, one) => all.Union(one));
        }

        return sets;
    }
}
