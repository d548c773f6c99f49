using System.Runtime.InteropServices;
using System.Text;

namespace Nabla.Text;

/// <summary>
/// Unicode's normalization forms (Unicode Standard Annex 15) from the Unicode Character Database, as a runtime that is set to invariant globalization has none.
/// </summary>
internal static class UnicodeNormalization
{
    private static readonly Lazy<NormalizationData> Data = new(NormalizationData.Read);

    /// <summary>A text in a form.</summary>
    public static string Normalize(string text, NormalizationForm form)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        List<int> codePoints = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, form is NormalizationForm.FormKC or NormalizationForm.FormKD, codePoints);
        }

        OrderMarks(codePoints);
        int count = form is NormalizationForm.FormC or NormalizationForm.FormKC ? Compose(codePoints) : codePoints.Count;
        StringBuilder result = new(text.Length);
        foreach (int codePoint in codePoints.Take(count))
        {
            result.Append(new Rune(codePoint));
        }

        return result.ToString();
    }

    private static void Decompose(int codePoint, bool isCompatible, List<int> result)
    {
        NormalizationData data = Data.Value;
        int[]? parts = Hangul.Decompose(codePoint) ?? data.Canonical.GetValueOrDefault(codePoint) ?? (isCompatible ? data.Compatible.GetValueOrDefault(codePoint) : null);
        if (parts is null)
        {
            result.Add(codePoint);
            return;
        }

        foreach (int part in parts)
        {
            Decompose(part, isCompatible, result);
        }
    }

    private static int ClassOf(int codePoint) => Data.Value.Classes.GetValueOrDefault(codePoint);

    // Marks that follow each other stand in the order of their classes.
    private static void OrderMarks(List<int> codePoints)
    {
        for (int begin = 0, end; begin < codePoints.Count; begin = end + 1)
        {
            for (end = begin; end < codePoints.Count && ClassOf(codePoints[end]) != 0; end++)
            {
            }

            if (end - begin > 1)
            {
                int[] ordered = [.. codePoints.GetRange(begin, end - begin).OrderBy(ClassOf)];
                ordered.CopyTo(CollectionsMarshal.AsSpan(codePoints)[begin..end]);
            }
        }
    }

    // A character joins the last one that is no mark, unless a mark of its class or above or another character stands between.
    private static int Compose(List<int> codePoints)
    {
        (int starter, int before, int count) = (-1, 0, 0);
        foreach (int codePoint in codePoints.ToArray())
        {
            int mark = ClassOf(codePoint);
            bool reaches = starter >= 0 && (starter == count - 1 || before < mark);
            if (reaches && Composed(codePoints[starter], codePoint) is { } composed)
            {
                codePoints[starter] = composed;
                continue;
            }

            starter = mark == 0 ? count : starter;
            before = mark;
            codePoints[count++] = codePoint;
        }

        return count;
    }

    private static int? Composed(int first, int second) =>
        Hangul.Compose(first, second) ?? (Data.Value.Compositions.TryGetValue((first, second), out int composed) ? composed : null);
}
