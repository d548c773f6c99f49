namespace Nabla.Text.Metrics;

/// <summary>Whether an answer is one of the right ones, but for what <see cref="AnswerLanguage"/> leaves out.</summary>
public static class ExactMatch
{
    /// <summary>1 when the answer is right, else 0.</summary>
    /// <param name="prediction">What was answered; empty when it was said that there is no answer.</param>
    /// <param name="answers">The right answers; none when the question has no answer.</param>
    /// <param name="language">What counts.</param>
    public static double Of(string prediction, IReadOnlyList<string> answers, AnswerLanguage language = AnswerLanguage.English)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(answers);
        string answered = AnswerText.Normalized(prediction, language);
        return AnswerText.Best(answers, answer => AnswerText.Normalized(answer, language) == answered ? 1 : 0);
    }
}
