namespace Nabla.Text.Stories;

/// <summary>A question about a story.</summary>
/// <param name="Story">The number of the story: several questions may be asked in the course of one.</param>
/// <param name="Sentences">What was told before the question, in order.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer, one word.</param>
public sealed record StoryQuestion(int Story, IReadOnlyList<string> Sentences, string Question, string Answer)
{
    /// <summary>The line of the file where the question stands, counted from 1; null when it comes from none.</summary>
    public long? Line { get; init; }
}
