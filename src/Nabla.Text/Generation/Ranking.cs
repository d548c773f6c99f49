namespace Nabla.Text;

/// <summary>Orders scores and turns them into probabilities, always in the same order of sums.</summary>
internal static class Ranking
{
    // Below, putting each score in its place among the best so far is faster than sorting all.
    private const int Few = 64;

    /// <summary>The places of the largest scores, the largest first, of equals the one that stands first.</summary>
    public static int[] Largest(ReadOnlySpan<double> scores, int count) =>
        count < Math.Min(Few, scores.Length) ? Insert(scores, count) : Sort(scores)[..Math.Min(count, scores.Length)];

    /// <summary>Makes all scores but some impossible.</summary>
    public static void KeepOnly(Span<double> scores, ReadOnlySpan<int> places)
    {
        double[] kept = new double[places.Length];
        for (int index = 0; index < kept.Length; index++)
        {
            kept[index] = scores[places[index]];
        }

        scores.Fill(double.NegativeInfinity);
        for (int index = 0; index < kept.Length; index++)
        {
            scores[places[index]] = kept[index];
        }
    }

    /// <summary>Probabilities that sum to 1.</summary>
    public static double[] Softmax(ReadOnlySpan<double> scores)
    {
        double[] logarithms = LogSoftmax(scores);
        for (int place = 0; place < logarithms.Length; place++)
        {
            logarithms[place] = Math.Exp(logarithms[place]);
        }

        return logarithms;
    }

    /// <summary>The logarithms of the probabilities.</summary>
    public static double[] LogSoftmax(ReadOnlySpan<double> scores)
    {
        double largest = double.NegativeInfinity;
        foreach (double score in scores)
        {
            largest = Math.Max(largest, score);
        }

        double sum = 0;
        foreach (double score in scores)
        {
            sum += Math.Exp(score - largest);
        }

        double shift = largest + Math.Log(sum);
        double[] result = new double[scores.Length];
        for (int place = 0; place < result.Length; place++)
        {
            result[place] = scores[place] - shift;
        }

        return result;
    }

    private static int[] Insert(ReadOnlySpan<double> scores, int count)
    {
        int[] best = new int[count];
        int filled = 0;
        for (int place = 0; place < scores.Length; place++)
        {
            if (filled == count && scores[place] <= scores[best[count - 1]])
            {
                continue;
            }

            filled = Math.Min(filled + 1, count);
            int rank = filled - 1;
            for (; rank > 0 && scores[place] > scores[best[rank - 1]]; rank--)
            {
                best[rank] = best[rank - 1];
            }

            best[rank] = place;
        }

        return best;
    }

    private static int[] Sort(ReadOnlySpan<double> scores)
    {
        double[] negated = new double[scores.Length];
        int[] places = new int[scores.Length];
        for (int place = 0; place < places.Length; place++)
        {
            (negated[place], places[place]) = (-scores[place], place);
        }

        // Sorting is not stable, so that the places of equals are put in order behind it.
        Array.Sort(negated, places);
        for (int begin = 0, end; begin < places.Length; begin = end)
        {
            end = begin + 1;
            while (end < places.Length && negated[end] == negated[begin])
            {
                end++;
            }

            Array.Sort(places, begin, end - begin);
        }

        return places;
    }
}
