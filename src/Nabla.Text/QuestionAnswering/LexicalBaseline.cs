namespace Nabla.Text.QuestionAnswering;

/// <summary>
/// Answers without learning, by the words that question and passage share, as the baseline of SQuAD's paper (Rajpurkar et al., SQuAD: 100,000+
/// Questions for Machine Comprehension of Text, 2016, arXiv 1606.05250): the sentence with the largest overlap, in single words and pairs; in it the
/// run of words, none of them in the question, whose surroundings have most of the question's words (the sliding window of Richardson et al., 2013).
/// A model that does not do better has learnt nothing.
/// </summary>
public sealed class LexicalBaseline : IAnswerer
{
    private readonly bool wholeSentences;
    private readonly double leastOverlap;

    /// <summary>A baseline.</summary>
    /// <param name="wholeSentences">Whether the answer is the whole best sentence, not a part of it.</param>
    /// <param name="leastOverlap">The overlap below which it is taken that there is no answer.</param>
    public LexicalBaseline(bool wholeSentences = false, double leastOverlap = 0) =>
        (this.wholeSentences, this.leastOverlap) = (wholeSentences, leastOverlap);

    /// <summary>The baseline that does best on questions whose answers are known: sentences or parts of them, and from which overlap on.</summary>
    /// <param name="known">The questions, best those that a model learns from.</param>
    public static LexicalBaseline Fit(PassageSet known)
    {
        ArgumentNullException.ThrowIfNull(known);
        return new[] { false, true }.Select(whole => Fit(known, whole)).MaxBy(fitted => fitted.F1).Baseline;
    }

    /// <summary>The answer to a question; its score is the overlap of its sentence for each word of the question.</summary>
    /// <inheritdoc/>
    public GivenAnswer Answer(string question, string passage)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(passage);
        (ReadText asked, ReadText read) = (new(question), new(passage));
        if (read.Count == 0)
        {
            return new(null, 0, leastOverlap);
        }

        QuestionWords words = new(asked, read);
        (int first, int last) = Runs(read.Sentences, 0, read.Count - 1).MaxBy(sentence => words.Overlap(read, sentence.First, sentence.Last));
        double score = words.Overlap(read, first, last) / Math.Max(1, asked.Count);
        (first, last) = wholeSentences ? (first, last) : BestPart(read, words, first, last, asked.Count);
        (first, last) = Trim(read, first, last);
        return new(read.Span(first, last), score, leastOverlap);
    }

    // With the questions in falling order of their overlap, each place says what answering all before it, and none behind, is worth.
    private static (LexicalBaseline Baseline, double F1) Fit(PassageSet known, bool whole)
    {
        LexicalBaseline always = new(whole);
        (double Score, double F1, double None)[] answers = [.. known.Questions
            .Select(asked => (Given: always.Answer(asked.Question.Text, asked.Passage.Text), asked.Passage, asked.Question))
            .OrderByDescending(asked => asked.Given.Score)
            .Select(asked => (
                asked.Given.Score,
                AnswerScores.F1Of(asked.Given.Likeliest, asked.Passage, asked.Question),
                asked.Question.IsAnswerable ? 0.0 : 1.0))];
        (double best, double least) = (answers.Sum(answer => answer.None), double.PositiveInfinity);
        double sum = best;
        foreach ((double score, double f1, double none) in answers)
        {
            sum += f1 - none;
            (best, least) = sum >= best ? (sum, score) : (best, least);
        }

        return (new LexicalBaseline(whole, least), best);
    }

    private static (int First, int Last) BestPart(ReadText read, QuestionWords words, int first, int last, int window)
    {
        (int, int)[] parts = [.. Runs(read.Clauses, first, last)
            .SelectMany(clause => RunsWithout(read, words, clause.First, clause.Last))
            .Where(part => Enumerable.Range(part.First, part.Last - part.First + 1).Any(read.Speaks))];
        return parts.Length == 0 ? (first, last) : parts.MaxBy(part => Surroundings(read, words, part, window));
    }

    private static double Surroundings(ReadText read, QuestionWords words, (int First, int Last) part, int window)
    {
        double left = words.Overlap(read, Math.Max(0, part.First - window), part.First);
        double right = words.Overlap(read, part.Last, Math.Min(read.Count - 1, part.Last + window));
        return left + right;
    }

    private static IEnumerable<(int First, int Last)> RunsWithout(ReadText read, QuestionWords words, int first, int last)
    {
        int begin = first;
        for (int index = first; index <= last + 1; index++)
        {
            if (index <= last && !words.Has(read.Keys[index]))
            {
                continue;
            }

            if (index > begin)
            {
                yield return (begin, index - 1);
            }

            begin = index + 1;
        }
    }

    private static IEnumerable<(int First, int Last)> Runs(int[] numbers, int first, int last)
    {
        int begin = first;
        for (int index = first + 1; index <= last + 1; index++)
        {
            if (index > last || numbers[index] != numbers[begin])
            {
                yield return (begin, index - 1);
                begin = index;
            }
        }
    }

    // Marks at the ends belong to no answer, but brackets and quotes may.
    private static (int First, int Last) Trim(ReadText read, int first, int last)
    {
        while (first < last && read.Kinds[first] is TokenKind.SentenceEnd or TokenKind.Pause)
        {
            first++;
        }

        while (last > first && read.Kinds[last] is TokenKind.SentenceEnd or TokenKind.Pause)
        {
            last--;
        }

        return (first, last);
    }
}
