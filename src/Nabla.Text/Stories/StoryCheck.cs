using Microsoft.ML.Tokenizers;
using Nabla.Data;

namespace Nabla.Text.Stories;

/// <summary>How many questions about stories a memory network does not see as they stand.</summary>
/// <param name="Truncated">The questions that are longer than a sentence that is read, or have such a sentence in their story: its end is cut off.</param>
/// <param name="Forgotten">The questions whose story has more sentences than are remembered: what it begins with is forgotten.</param>
/// <param name="Unknown">The questions of which the vocabulary has no word, or none of what is remembered of their story; marks are no words.</param>
/// <param name="UnknownWords">The words of the questions and of what is remembered that the vocabulary does not have.</param>
public sealed record StoryCheck(int Truncated = 0, int Forgotten = 0, int Unknown = 0, int UnknownWords = 0)
{
    /// <summary>Counts.</summary>
    /// <param name="preprocessing">How sentences become tokens.</param>
    /// <param name="memories">How many sentences are remembered.</param>
    /// <param name="questions">The questions.</param>
    public static StoryCheck Of(TextPreprocessing preprocessing, int memories, IReadOnlyList<StoryQuestion> questions)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        ArgumentNullException.ThrowIfNull(questions);
        VocabularyTokenizer tokenizer = new(preprocessing);
        Dictionary<string, Seen> known = new(StringComparer.Ordinal);
        return questions.Aggregate(new StoryCheck(), (sum, asked) => sum + Of(
            See(asked.Question), [.. asked.Sentences.TakeLast(memories).Select(See)], asked.Sentences.Count > memories));

        Seen See(string sentence) => known.TryGetValue(sentence, out Seen seen)
            ? seen
            : known[sentence] = Seen.Of(tokenizer.EncodeToTokens(sentence, out _), preprocessing.Length);
    }

    /// <summary>The counts of some questions and of further ones together.</summary>
    public static StoryCheck operator +(StoryCheck left, StoryCheck right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(
            left.Truncated + right.Truncated, left.Forgotten + right.Forgotten, left.Unknown + right.Unknown, left.UnknownWords + right.UnknownWords);
    }

    /// <summary>The counts of some questions and of further ones together.</summary>
    public static StoryCheck Add(StoryCheck left, StoryCheck right) => left + right;

    private static StoryCheck Of(Seen question, Seen[] story, bool isForgotten) => new(
        question.IsLong || Array.Exists(story, sentence => sentence.IsLong) ? 1 : 0,
        isForgotten ? 1 : 0,
        question.Known == 0 || story.Sum(sentence => sentence.Known) == 0 ? 1 : 0,
        question.Unknown + story.Sum(sentence => sentence.Unknown));

    /// <summary>A sentence as a network sees it.</summary>
    private readonly record struct Seen(bool IsLong, int Known, int Unknown)
    {
        public static Seen Of(IReadOnlyList<EncodedToken> tokens, int length)
        {
            EncodedToken[] words = [.. tokens.Take(length).Where(token => char.IsLetterOrDigit(token.Value, 0))];
            int unknown = words.Count(word => word.Id == TextPreprocessing.UnknownId);
            return new(tokens.Count > length, words.Length - unknown, unknown);
        }
    }
}
