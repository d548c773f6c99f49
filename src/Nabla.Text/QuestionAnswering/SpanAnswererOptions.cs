using Nabla.Data;

namespace Nabla.Text.QuestionAnswering;

/// <summary>The sizes of a <see cref="SpanAnswerer"/>.</summary>
public sealed record SpanAnswererOptions
{
    private const double ShareOfWhole = 0.95;
    private const int ShortestWindow = 16;
    private const int LongestUsualWindow = 512;
    private const int LongestQuestion = 40;

    /// <summary>The most tokens to know.</summary>
    public int VocabularySize { get; init; } = 20_000;

    /// <summary>The tokens of a window of a passage; null for as many as 95 % of the passages have, at most 512.</summary>
    public int? Window { get; init; }

    /// <summary>The length of a token's vector.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>The numbers of a recurrent state, in each direction.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>The recurrent layers that read a passage.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>The share of channels that is dropped while training; from 0 to below 1.</summary>
    public double Dropout { get; init; } = 0.4;

    /// <summary>The words and lengths of questions to learn from.</summary>
    internal (TextPreprocessing Text, ReadingPreprocessing Reading) Fit(PassageSet train)
    {
        IEnumerable<string> texts = train.Passages.Select(passage => passage.Text).Concat(train.Questions.Select(asked => asked.Question.Text));
        IReadOnlyList<string> vocabulary = Vocabulary.Build(texts, TextUnit.Word, VocabularySize, fewestUses: 2);
        int questionLength = Math.Min(LongestQuestion, train.Questions.Max(asked => new ReadText(asked.Question.Text).Count));
        int window = Window ?? Math.Clamp(Usual(train.Passages.Select(passage => new ReadText(passage.Text).Count)), ShortestWindow, LongestUsualWindow);
        int[] answers = [.. train.Questions.SelectMany(asked => asked.Question.Answers).Select(answer => new ReadText(answer.Text).Count)];
        ReadingPreprocessing reading = new()
        {
            QuestionLength = Math.Max(1, questionLength),
            Stride = Math.Max(1, window / 2),
            MayHaveNone = train.Questions.Any(asked => !asked.Question.IsAnswerable),
            LongestAnswer = Math.Max(1, answers.Length == 0 ? 1 : Usual(answers)),
        };
        return (new() { Unit = TextUnit.Word, Length = reading.QuestionLength + window, Vocabulary = vocabulary }, reading);
    }

    private static int Usual(IEnumerable<int> lengths)
    {
        int[] sorted = [.. lengths.Order()];
        return sorted[(int)((sorted.Length - 1) * ShareOfWhole)];
    }
}
