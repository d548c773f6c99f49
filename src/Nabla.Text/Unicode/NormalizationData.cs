using System.Collections.Frozen;
using System.Globalization;

namespace Nabla.Text;

/// <summary>What normalization needs to know of code points.</summary>
/// <param name="Canonical">What they are decomposed into.</param>
/// <param name="Compatible">What they are compatible with.</param>
/// <param name="Compositions">What two of them become.</param>
/// <param name="Classes">The combining classes of marks; others have 0.</param>
internal sealed record NormalizationData(
    FrozenDictionary<int, int[]> Canonical, FrozenDictionary<int, int[]> Compatible, FrozenDictionary<(int First, int Second), int> Compositions,
    FrozenDictionary<int, int> Classes)
{
    /// <summary>Reads <c>Decompositions.txt</c>, whose head says what its lines are.</summary>
    public static NormalizationData Read()
    {
        Dictionary<int, int[]> canonical = [];
        Dictionary<int, int[]> compatible = [];
        Dictionary<(int, int), int> compositions = [];
        Dictionary<int, int> classes = [];
        using StreamReader lines = new(typeof(NormalizationData).Assembly.GetManifestResourceStream("Decompositions.txt")!);
        while (lines.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ');
            switch (parts[0])
            {
                case "@":
                    AddClass(classes, int.Parse(parts[1], CultureInfo.InvariantCulture), CodePointSet.Parse(string.Join(' ', parts[2..])));
                    break;
                case "~":
                    compatible.Add(Number(parts[1]), [.. parts[2..].Select(Number)]);
                    break;
                case "=" or "!":
                    canonical.Add(Number(parts[1]), [.. parts[2..].Select(Number)]);
                    break;
            }

            if (parts[0] == "=")
            {
                compositions.Add((Number(parts[2]), Number(parts[3])), Number(parts[1]));
            }
        }

        return new NormalizationData(canonical.ToFrozenDictionary(), compatible.ToFrozenDictionary(), compositions.ToFrozenDictionary(), classes.ToFrozenDictionary());
    }

    private static void AddClass(Dictionary<int, int> classes, int number, CodePointSet codePoints)
    {
        foreach ((int first, int last) in codePoints.Ranges)
        {
            for (int codePoint = first; codePoint <= last; codePoint++)
            {
                classes.Add(codePoint, number);
            }
        }
    }

    private static int Number(string hexadecimal) => int.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
