using System.Text;

namespace Nabla.Text.QuestionAnswering;

/// <summary>Finds answers in a passage: where the file says, else at the nearest place with the same text, else with the same letters and digits.</summary>
internal sealed class AnswerLocator(string passage)
{
    private readonly Lazy<(string Letters, int[] Places)> bare = new(() => Bare(passage));

    public AnswerCheck Check { get; private set; } = new();

    /// <summary>The span of an answer; null when the passage does not have it. It is counted in <see cref="Check"/>.</summary>
    /// <param name="text">The answer.</param>
    /// <param name="start">Where the file says it begins, in characters as Python counts them: two surrogates are one.</param>
    public AnswerSpan? Find(string text, long start)
    {
        start += text.Length - text.TrimStart().Length;
        text = text.Trim();
        if (StandsAt(text, start) is { } right)
        {
            Check += new AnswerCheck(Right: 1);
            return right;
        }

        AnswerSpan? found = text.Length == 0 ? null : Nearest(text, start) ?? NearestBare(text, start);
        Check += found is null ? new AnswerCheck(Skipped: 1) : new AnswerCheck(Repaired: 1);
        return found;
    }

    private AnswerSpan? StandsAt(string text, long start)
    {
        if (text.Length == 0 || start < 0 || start > passage.Length)
        {
            return null;
        }

        int place = (int)start;
        return Has(text, place) ? new(place, text) : UnitsOf(place) is { } units && Has(text, units) ? new(units, text) : null;
    }

    private bool Has(string text, int place) => string.CompareOrdinal(passage, place, text, 0, text.Length) == 0;

    private int? UnitsOf(int characters)
    {
        int units = 0;
        for (int count = 0; count < characters && units < passage.Length; count++)
        {
            units += char.IsHighSurrogate(passage[units]) && units + 1 < passage.Length ? 2 : 1;
        }

        return units == characters ? null : units;
    }

    private AnswerSpan? Nearest(string text, long start) =>
        Places(passage, text).Select(place => (int?)place).MinBy(place => Math.Abs(place!.Value - start)) is { } nearest ? new(nearest, text) : null;

    private AnswerSpan? NearestBare(string text, long start)
    {
        (string letters, int[] places) = bare.Value;
        string wanted = Bare(text).Letters;
        if (wanted.Length == 0)
        {
            return null;
        }

        int? nearest = Places(letters, wanted).Select(place => (int?)place).MinBy(place => Math.Abs(places[place!.Value] - start));
        return nearest is { } first ? Span(places[first], places[first + wanted.Length - 1] + 1) : null;
    }

    private AnswerSpan Span(int begin, int end) => new(begin, passage[begin..end]);

    private static IEnumerable<int> Places(string where, string what)
    {
        for (int place = where.IndexOf(what, StringComparison.Ordinal); place >= 0; place = where.IndexOf(what, place + 1, StringComparison.Ordinal))
        {
            yield return place;
        }
    }

    // The letters and digits alone, in small letters, and where each of them stands.
    private static (string Letters, int[] Places) Bare(string text)
    {
        StringBuilder letters = new(text.Length);
        List<int> places = new(text.Length);
        for (int place = 0; place < text.Length; place++)
        {
            if (char.IsLetterOrDigit(text[place]) || char.IsSurrogate(text[place]))
            {
                letters.Append(char.ToLowerInvariant(text[place]));
                places.Add(place);
            }
        }

        return (letters.ToString(), [.. places]);
    }
}
