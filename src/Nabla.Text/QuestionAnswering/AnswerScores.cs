using Nabla.Text.Metrics;

namespace Nabla.Text.QuestionAnswering;

/// <summary>
/// How good answers are, as the evaluations of SQuAD and, for Chinese passages, of CMRC 2018 say: the share of answers that are exactly right, and the
/// mean overlap with the nearest right one.
/// </summary>
/// <param name="Questions">The questions asked.</param>
/// <param name="ExactMatch">The share of exact answers, from 0 to 1; where there is no answer, of those that say so.</param>
/// <param name="F1">The mean overlap, from 0 to 1.</param>
public sealed record AnswerScores(int Questions, double ExactMatch, double F1)
{
    private const double ShareOfIdeographs = 0.2;

    /// <summary>Asks all questions of a set.</summary>
    /// <param name="answerer">What answers.</param>
    /// <param name="set">The questions.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The scores over all questions, and over those that have an answer when it is known that they have one.</returns>
    public static (AnswerScores All, AnswerScores Answerable) Of(IAnswerer answerer, PassageSet set, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(answerer);
        ArgumentNullException.ThrowIfNull(set);
        List<(double Exact, double F1)> all = [];
        List<(double Exact, double F1)> answerable = [];
        foreach ((Passage passage, PassageQuestion question) in set.Questions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            GivenAnswer given = answerer.Answer(question.Text, passage.Text);
            all.Add((ExactOf(given.Span, passage, question), F1Of(given.Span, passage, question)));
            if (question.IsAnswerable)
            {
                answerable.Add((ExactOf(given.Likeliest, passage, question), F1Of(given.Likeliest, passage, question)));
            }
        }

        return (Mean(all), Mean(answerable));
    }

    internal static double F1Of(AnswerSpan? given, Passage passage, PassageQuestion question) =>
        TokenF1.Of(given?.Text ?? "", Right(question), LanguageOf(passage.Text));

    private static double ExactOf(AnswerSpan? given, Passage passage, PassageQuestion question) =>
        Metrics.ExactMatch.Of(given?.Text ?? "", Right(question), LanguageOf(passage.Text));

    private static string[] Right(PassageQuestion question) => [.. question.Answers.Select(answer => answer.Text)];

    private static AnswerLanguage LanguageOf(string text) =>
        text.Count(letter => letter is >= '\u3400' and <= '\u9FFF') > ShareOfIdeographs * text.Length ? AnswerLanguage.Chinese : AnswerLanguage.English;

    private static AnswerScores Mean(List<(double Exact, double F1)> scores) => scores.Count == 0
        ? new(0, double.NaN, double.NaN)
        : new(scores.Count, scores.Average(score => score.Exact), scores.Average(score => score.F1));
}
