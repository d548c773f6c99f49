namespace Nabla.Text.QuestionAnswering;

/// <summary>What a method takes for the answer.</summary>
/// <param name="Likeliest">The part of the passage that answers best; null only when the passage has no words.</param>
/// <param name="Score">How sure it is of that; a network gives a probability.</param>
/// <param name="NoneScore">How sure it is that the passage has no answer, in the same unit.</param>
public sealed record GivenAnswer(AnswerSpan? Likeliest, double Score, double NoneScore)
{
    /// <summary>The answer; null when it is surer that there is none.</summary>
    public AnswerSpan? Span => NoneScore > Score ? null : Likeliest;
}

/// <summary>Something that answers questions by a part of a passage.</summary>
public interface IAnswerer
{
    /// <summary>The answer to a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="passage">What is known.</param>
    GivenAnswer Answer(string question, string passage);
}
