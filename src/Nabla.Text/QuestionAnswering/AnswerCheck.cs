namespace Nabla.Text.QuestionAnswering;

/// <summary>How many answers of a file stand where it says.</summary>
/// <param name="Right">The answers that stand where the file says.</param>
/// <param name="Repaired">The answers that stand elsewhere in the passage, or with other spaces, marks or capitals: the nearest such place was taken.</param>
/// <param name="Skipped">The answers that the passage does not have.</param>
/// <param name="Dropped">The questions without an answer that is left, though people marked one: they are left out.</param>
public sealed record AnswerCheck(int Right = 0, int Repaired = 0, int Skipped = 0, int Dropped = 0)
{
    /// <summary>The counts of two files together.</summary>
    public static AnswerCheck operator +(AnswerCheck left, AnswerCheck right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(left.Right + right.Right, left.Repaired + right.Repaired, left.Skipped + right.Skipped, left.Dropped + right.Dropped);
    }

    /// <summary>The counts of two files together.</summary>
    public static AnswerCheck Add(AnswerCheck left, AnswerCheck right) => left + right;
}
