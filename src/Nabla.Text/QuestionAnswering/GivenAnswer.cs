namespace Nabla.Text.QuestionAnswering;

/// <summary>What a method takes for the answer.</summary>
/// <param name="Likeliest">The part of the passage that answers best; null only when the passage has no words.</param>
/// <param name="Score">How sure it is of that; a network gives a probability.</param>
/// <param name="NoneScore">How sure it is that the passage has no answer, in the same unit.</param>
public sealed record GivenAnswer(AnswerSpan? Likeliest, double Score, double NoneScore)
{
    /// <summary>The answer; null when it is surer that there is none.</summary>
    public AnswerSpan? Span => NoneScore > Score ? null : Likeliest;

    /// <summary>Whether the question is longer than what is read of it, so that its end is cut off.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Whether no word of the question that is read is in the vocabulary, so that the answer means little.</summary>
    public bool IsUnknown { get; init; }
}

/// <summary>Something that answers questions by a part of a passage.</summary>
public interface IAnswerer
{
    /// <summary>The answer to a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="passage">What is known.</param>
    GivenAnswer Answer(string question, string passage);
}
