namespace Nabla.Text.QuestionAnswering;

/// <summary>A part of a passage that answers a question.</summary>
/// <param name="Start">Its first character in the passage, counted from 0.</param>
/// <param name="Text">What stands there.</param>
public readonly record struct AnswerSpan(int Start, string Text)
{
    /// <summary>The character behind its last one.</summary>
    public int End => Start + Text.Length;
}
