namespace Nabla.Text.QuestionAnswering;

/// <summary>Small numbers about each token of a passage, given a question: what a reader sees before it understands a word.</summary>
internal static class TokenFeatures
{
    private const int Steps = 8;
    private const int Window = 6;

    /// <summary>For each feature how many values it has.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [Steps, Steps, Steps, Enum.GetValues<TokenKind>().Length];

    /// <summary>
    /// The features of all tokens, a row each: how many tokens stand in a row here as in the question; how much the sentence has in common with the
    /// question, as a share of the best one; the same of the tokens around; what the token looks like.
    /// </summary>
    public static int[][] Of(ReadText question, ReadText passage)
    {
        QuestionWords words = new(question, passage);
        int[] kinds = Array.ConvertAll(passage.Kinds, kind => (int)kind);
        return [Runs(question, passage, words), Graded(Sentences(passage, words)), Graded(Surroundings(passage, words)), kinds];
    }

    private static int[] Runs(ReadText question, ReadText passage, QuestionWords words)
    {
        int[] runs = new int[passage.Count];
        for (int place = 0; place < passage.Count; place++)
        {
            int longest = words.Has(passage.Keys[place]) ? Enumerable.Range(0, question.Count).Max(start => Common(question, start, passage, place)) : 0;
            for (int index = place; index < place + longest; index++)
            {
                runs[index] = Math.Max(runs[index], Math.Min(longest, Steps - 1));
            }
        }

        return runs;
    }

    private static int Common(ReadText question, int start, ReadText passage, int place)
    {
        int length = 0;
        while (start + length < question.Count && place + length < passage.Count && question.Keys[start + length] == passage.Keys[place + length])
        {
            length++;
        }

        return length;
    }

    private static double[] Sentences(ReadText passage, QuestionWords words)
    {
        double[] overlaps = new double[passage.Count];
        for (int first = 0; first < passage.Count;)
        {
            int last = first;
            while (last + 1 < passage.Count && passage.Sentences[last + 1] == passage.Sentences[first])
            {
                last++;
            }

            Array.Fill(overlaps, words.Overlap(passage, first, last), first, last - first + 1);
            first = last + 1;
        }

        return overlaps;
    }

    private static double[] Surroundings(ReadText passage, QuestionWords words)
    {
        double[] overlaps = new double[passage.Count];
        for (int place = 0; place < passage.Count; place++)
        {
            overlaps[place] = words.Overlap(passage, Math.Max(0, place - Window), Math.Min(passage.Count - 1, place + Window));
        }

        return overlaps;
    }

    private static int[] Graded(double[] values)
    {
        double best = values.Length == 0 ? 0 : values.Max();
        return best == 0 ? new int[values.Length] : Array.ConvertAll(values, value => (int)(value / best * (Steps - 1)));
    }
}
