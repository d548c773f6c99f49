using System.Text.Json.Serialization;
using Nabla.Formats;

namespace Nabla.Data;

/// <summary>
/// How a question with a passage becomes inputs of a <see cref="Layers.SpanReader"/>, beside how texts become tokens: places for the question, then a
/// window of the passage; longer passages become several windows. Plain data that is saved with the model.
/// </summary>
public sealed record ReadingPreprocessing
{
    /// <summary>The places for the question's tokens; longer questions are cut off.</summary>
    public required int QuestionLength { get; init; }

    /// <summary>How many tokens a window begins behind the one before.</summary>
    public required int Stride { get; init; }

    /// <summary>The most tokens of an answer.</summary>
    public required int LongestAnswer { get; init; }

    /// <summary>Whether a passage may have no answer, as it was when learning; if not, the likeliest part of it always is the answer.</summary>
    [JsonRequired]
    public bool MayHaveNone { get; init; } = true;

    /// <summary>Refuses what no question can become.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">The tokens of an input.</param>
    internal void Validate(string path, int? length)
    {
        if (QuestionLength < 1 || QuestionLength >= length || Stride < 1 || Stride > length - QuestionLength || LongestAnswer < 1)
        {
            throw new InvalidFileException(
                path, FilePosition.None,
                $"expected places for a question and a window in {length} tokens, a stride within the window and answers of a token at least, got {this}");
        }
    }
}
