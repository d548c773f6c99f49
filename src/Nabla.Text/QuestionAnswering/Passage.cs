namespace Nabla.Text.QuestionAnswering;

/// <summary>A text with questions about it.</summary>
/// <param name="Article">What it is part of, such as the title of an article: passages of one article are kept in one part of the data.</param>
/// <param name="Text">The text.</param>
/// <param name="Questions">What is asked about it.</param>
public sealed record Passage(string Article, string Text, IReadOnlyList<PassageQuestion> Questions);

/// <summary>A question about a passage.</summary>
/// <param name="Id">What the file calls it.</param>
/// <param name="Text">The question.</param>
/// <param name="Answers">The answers that people marked, each where the passage has it; none when the passage does not say.</param>
public sealed record PassageQuestion(string Id, string Text, IReadOnlyList<AnswerSpan> Answers)
{
    /// <summary>Whether the passage has an answer.</summary>
    public bool IsAnswerable => Answers.Count > 0;

    /// <summary>The answer that most people marked, the first of those marked equally often; null when there is none.</summary>
    public AnswerSpan? UsualAnswer => IsAnswerable
        ? Answers.GroupBy(answer => answer).OrderByDescending(same => same.Count()).First().Key
        : null;
}
