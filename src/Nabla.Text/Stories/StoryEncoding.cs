using Nabla.Data;

namespace Nabla.Text.Stories;

/// <summary>Stories with questions as inputs of a memory network.</summary>
public static class StoryEncoding
{
    /// <summary>The words of stories and questions: how they become inputs, each sentence as long as the longest.</summary>
    /// <param name="questions">The questions to learn from.</param>
    public static TextPreprocessing Fit(IReadOnlyList<StoryQuestion> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        string[] sentences = [.. questions.SelectMany(question => question.Sentences.Append(question.Question))];
        IReadOnlyList<string> vocabulary = Vocabulary.Build(sentences, TextUnit.Word);
        TextPreprocessing preprocessing = new() { Unit = TextUnit.Word, Length = 1, Vocabulary = vocabulary };
        VocabularyTokenizer tokenizer = new(preprocessing);
        return preprocessing with { Length = sentences.Distinct().Max(sentence => tokenizer.CountTokens(sentence)) };
    }

    /// <summary>Questions as inputs, int32 <c>[count, 1 + memories, words]</c>: the question, then the sentences, the latest first.</summary>
    /// <param name="preprocessing">How sentences become tokens.</param>
    /// <param name="memories">How many sentences are remembered; older ones are forgotten.</param>
    /// <param name="questions">The questions.</param>
    public static Tensor Encode(TextPreprocessing preprocessing, int memories, IReadOnlyList<StoryQuestion> questions)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(memories);
        VocabularyTokenizer tokenizer = new(preprocessing);
        Dictionary<string, IReadOnlyList<int>> known = new(StringComparer.Ordinal);
        int[] ids = new int[checked(questions.Count * (1 + memories) * preprocessing.Length)];
        for (int index = 0; index < questions.Count; index++)
        {
            IEnumerable<string> rows = questions[index].Sentences.Reverse().Take(memories).Prepend(questions[index].Question);
            foreach ((int row, string sentence) in rows.Index())
            {
                Write(Tokens(sentence), ids.AsSpan(((index * (1 + memories)) + row) * preprocessing.Length, preprocessing.Length));
            }
        }

        return Tensor.From(ids, [questions.Count, 1 + memories, preprocessing.Length]);

        IReadOnlyList<int> Tokens(string sentence) =>
            known.TryGetValue(sentence, out IReadOnlyList<int>? tokens) ? tokens : known[sentence] = tokenizer.EncodeToIds(sentence);
    }

    private static void Write(IReadOnlyList<int> tokens, Span<int> row)
    {
        for (int place = 0; place < Math.Min(tokens.Count, row.Length); place++)
        {
            row[place] = tokens[place];
        }
    }
}
