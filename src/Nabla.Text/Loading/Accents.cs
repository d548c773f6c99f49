using System.Globalization;
using System.Text;

namespace Nabla.Text;

/// <summary>Takes accents off letters.</summary>
internal static class Accents
{
    /// <summary>The text without accents that are characters of their own or parts of letters.</summary>
    public static string Remove(string text) => Without(UnicodeNormalization.Normalize(text, NormalizationForm.FormD), UnicodeCategory.NonSpacingMark);

    /// <summary>The text without marks that are characters of their own.</summary>
    public static string RemoveMarks(string text) => Without(text, UnicodeCategory.NonSpacingMark, UnicodeCategory.SpacingCombiningMark, UnicodeCategory.EnclosingMark);

    private static string Without(string text, params ReadOnlySpan<UnicodeCategory> categories)
    {
        StringBuilder plain = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!categories.Contains(Rune.GetUnicodeCategory(rune)))
            {
                plain.Append(rune);
            }
        }

        return plain.ToString();
    }
}
