using Nabla.Data;

namespace Nabla.Text.QuestionAnswering;

/// <summary>Makes inputs of a <see cref="Layers.SpanReader"/> of questions with passages.</summary>
internal sealed class PassageEncoder
{
    private readonly ReadingPreprocessing reading;
    private readonly Dictionary<string, int> ids;
    private readonly int window;

    public PassageEncoder(TextPreprocessing text, ReadingPreprocessing reading)
    {
        this.reading = reading;
        window = text.Length - reading.QuestionLength;
        ids = text.Vocabulary.Index().ToDictionary(token => token.Item, token => token.Index, StringComparer.Ordinal);
    }

    /// <summary>The windows of a passage, which together have all its tokens.</summary>
    public IEnumerable<PassageWindow> Windows(ReadText question, ReadText passage)
    {
        int[] asked = Ids(question);
        int[][] rows = [Ids(passage), .. TokenFeatures.Of(question, passage)];
        for (int first = 0; ; first += reading.Stride)
        {
            int count = Math.Min(window, passage.Count - first);
            yield return new PassageWindow(Input(asked, rows, first, count), first, count);
            if (first + count >= passage.Count)
            {
                yield break;
            }
        }
    }

    /// <summary>Whether a question is longer than what is read of it.</summary>
    public bool Truncates(ReadText question) => question.Count > reading.QuestionLength;

    /// <summary>Whether the vocabulary has a word of what is read of a question; marks are no words.</summary>
    public bool Knows(ReadText question) => Ids(question)
        .Take(reading.QuestionLength)
        .Index()
        .Any(token => token.Item != TextPreprocessing.UnknownId && question.Speaks(token.Index));

    private Tensor Input(int[] asked, int[][] rows, int first, int count)
    {
        int length = reading.QuestionLength + Math.Max(1, count);
        int[] input = new int[rows.Length * length];
        asked.AsSpan(0, Math.Min(asked.Length, reading.QuestionLength)).CopyTo(input);
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row].AsSpan(first, count).CopyTo(input.AsSpan((row * length) + reading.QuestionLength));
        }

        return Tensor.From(input, [rows.Length, length]);
    }

    private int[] Ids(ReadText text) => Array.ConvertAll(
        text.Pieces, piece => ids.GetValueOrDefault(text.Text.Substring(piece.Offset, piece.Length).ToLowerInvariant(), TextPreprocessing.UnknownId));
}
