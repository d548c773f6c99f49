namespace Nabla.Text.Metrics;

/// <summary>The sums over a corpus that BLEU is computed from.</summary>
internal sealed class BleuStatistics
{
    private const int Orders = 4;
    private const double Percent = 100;

    private readonly long[] right = new long[Orders];
    private readonly long[] all = new long[Orders];
    private int hypothesisLength;
    private int referenceLength;

    /// <summary>Takes a translation in.</summary>
    public void Add(string[] hypothesis, IReadOnlyList<string[]> references)
    {
        hypothesisLength += hypothesis.Length;
        referenceLength += references.Select(reference => reference.Length)
            .OrderBy(length => Math.Abs(length - hypothesis.Length)).ThenBy(length => length).First();
        for (int order = 1; order <= Orders; order++)
        {
            Dictionary<string, int>[] known = [.. references.Select(reference => Runs(reference, order))];
            foreach ((string run, int count) in Runs(hypothesis, order))
            {
                right[order - 1] += Math.Min(count, known.Max(runs => runs.GetValueOrDefault(run)));
                all[order - 1] += count;
            }
        }
    }

    /// <summary>The score of what was taken in.</summary>
    public BleuScore Score(bool smooth, string signature)
    {
        double brevity = hypothesisLength >= referenceLength ? 1
            : hypothesisLength == 0 ? 0
            : Math.Exp(1 - ((double)referenceLength / hypothesisLength));
        double[] precisions = Precisions(smooth);
        double score = precisions.Contains(0) ? 0 : brevity * Math.Exp(precisions.Average(Math.Log));
        return new BleuScore(score, precisions, brevity, hypothesisLength, referenceLength, signature);
    }

    // Without a single right token nothing is smoothed, and without a run of a length there is no share of it.
    private double[] Precisions(bool smooth)
    {
        double[] precisions = new double[Orders];
        double halves = 1;
        for (int order = 0; order < Orders && right[0] > 0 && all[order] > 0; order++)
        {
            if (right[order] > 0)
            {
                precisions[order] = Percent * right[order] / all[order];
            }
            else if (smooth)
            {
                halves *= 2;
                precisions[order] = Percent / (halves * all[order]);
            }
        }

        return precisions;
    }

    private static Dictionary<string, int> Runs(string[] tokens, int order)
    {
        Dictionary<string, int> runs = new(StringComparer.Ordinal);
        for (int start = 0; start + order <= tokens.Length; start++)
        {
            string run = string.Join(' ', tokens, start, order);
            runs[run] = runs.GetValueOrDefault(run) + 1;
        }

        return runs;
    }
}
