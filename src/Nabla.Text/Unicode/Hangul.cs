namespace Nabla.Text;

/// <summary>Korean syllables and the letters that they are made of, which lie in one arithmetic order (the Unicode Standard, section 3.12).</summary>
internal static class Hangul
{
    private const int FirstSyllable = 0xAC00;
    private const int FirstLeading = 0x1100;
    private const int FirstVowel = 0x1161;
    private const int BeforeTrailing = 0x11A7;
    private const int Leadings = 19;
    private const int Vowels = 21;
    private const int Trailings = 28;

    /// <summary>The letters of a syllable; null for anything else.</summary>
    public static int[]? Decompose(int codePoint)
    {
        int place = codePoint - FirstSyllable;
        if (place is < 0 or >= Leadings * Vowels * Trailings)
        {
            return null;
        }

        int leading = FirstLeading + (place / (Vowels * Trailings));
        int vowel = FirstVowel + (place / Trailings % Vowels);
        int trailing = place % Trailings;
        return trailing == 0 ? [leading, vowel] : [leading, vowel, BeforeTrailing + trailing];
    }

    /// <summary>The syllable of a letter and a vowel, or of a syllable and the letter at its end; null for anything else.</summary>
    public static int? Compose(int first, int second)
    {
        (int leading, int vowel) = (first - FirstLeading, second - FirstVowel);
        if (leading is >= 0 and < Leadings && vowel is >= 0 and < Vowels)
        {
            return FirstSyllable + (((leading * Vowels) + vowel) * Trailings);
        }

        (int syllable, int trailing) = (first - FirstSyllable, second - BeforeTrailing);
        bool isOpen = syllable is >= 0 and < Leadings * Vowels * Trailings && syllable % Trailings == 0;
        return isOpen && trailing is > 0 and < Trailings ? first + trailing : null;
    }
}
