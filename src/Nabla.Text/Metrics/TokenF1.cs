namespace Nabla.Text.Metrics;

/// <summary>
/// How many tokens an answer has in common with the right one it is nearest to: the harmonic mean of precision and recall. English tokens count wherever
/// they stand; of Chinese ones the longest run that both have counts.
/// </summary>
public static class TokenF1
{
    /// <summary>The score, from 0 to 1.</summary>
    /// <param name="prediction">What was answered; empty when it was said that there is no answer.</param>
    /// <param name="answers">The right answers; none when the question has no answer.</param>
    /// <param name="language">What a token is.</param>
    public static double Of(string prediction, IReadOnlyList<string> answers, AnswerLanguage language = AnswerLanguage.English)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(answers);
        string[] answered = AnswerText.Tokens(prediction, language);
        return AnswerText.Best(answers, answer => Score(answered, AnswerText.Tokens(answer, language), language));
    }

    private static double Score(string[] answered, string[] right, AnswerLanguage language)
    {
        if (answered.Length == 0 || right.Length == 0)
        {
            return answered.Length == right.Length ? 1 : 0;
        }

        double common = language == AnswerLanguage.English ? CommonTokens(answered, right) : LongestRun(answered, right);
        return 2 * common / (answered.Length + right.Length);
    }

    private static int CommonTokens(string[] left, string[] right)
    {
        Dictionary<string, int> counts = right.CountBy(token => token).ToDictionary(StringComparer.Ordinal);
        return left.CountBy(token => token).Sum(pair => Math.Min(pair.Value, counts.GetValueOrDefault(pair.Key)));
    }

    private static int LongestRun(string[] left, string[] right)
    {
        int longest = 0;
        int[] before = new int[right.Length + 1];
        foreach (string token in left)
        {
            int[] row = new int[right.Length + 1];
            for (int column = 1; column < row.Length; column++)
            {
                row[column] = token == right[column - 1] ? before[column - 1] + 1 : 0;
                longest = Math.Max(longest, row[column]);
            }

            before = row;
        }

        return longest;
    }
}
