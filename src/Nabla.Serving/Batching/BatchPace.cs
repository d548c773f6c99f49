using System.Numerics.Tensors;

namespace Nabla.Serving.Batching;

/// <summary>
/// How much of a core a row takes in batches of each size, learnt from those that were computed, and by it how large batches are worth being. From some size
/// on a row becomes no cheaper, but what the batch computes in pushes all else out of the caches, and its requests wait for one another.
/// </summary>
/// <param name="sizes">The sizes of batches, ascending.</param>
internal sealed class BatchPace(IReadOnlyList<int> sizes)
{
    private const double Worth = 1.05;
    private const double Forgetting = 1.02;
    private const int BatchesToTrial = 64;
    private const int ChoicesToForget = 4096;

    private readonly Lock gate = new();
    private readonly double[] secondsARow = [.. sizes.Select(_ => double.PositiveInfinity)];
    private readonly long[] noted = new long[sizes.Count];
    private long choices;

    /// <summary>
    /// The size for so many rows that wait: the smallest whose rows are as cheap as any, of the sizes that are filled. The largest is tried if it was never
    /// computed, and now and then the one that was computed longest ago, so that what a batch took in bad moments does not count for ever.
    /// </summary>
    public int Choose(int rows)
    {
        lock (gate)
        {
            int filled = 1;
            while (filled < secondsARow.Length && sizes[filled] <= rows)
            {
                filled++;
            }

            ReadOnlySpan<double> known = secondsARow.AsSpan(0, filled);
            if (++choices % BatchesToTrial == 0)
            {
                return sizes[LongestAgo(filled)];
            }

            return sizes[double.IsPositiveInfinity(known[^1]) ? filled - 1 : FirstBelow(known, Worth * TensorPrimitives.Min(known))];
        }
    }

    /// <summary>
    /// Learns from a batch that was computed: what disturbed it counts little, as the least of the last ones is kept. What was long ago is not compared with.
    /// </summary>
    /// <param name="rows">Its rows; what is no size is not counted.</param>
    /// <param name="seconds">What it took of all cores together.</param>
    public void Note(int rows, double seconds)
    {
        lock (gate)
        {
            for (int index = 0; index < secondsARow.Length; index++)
            {
                if (sizes[index] == rows)
                {
                    bool isOld = choices - noted[index] > ChoicesToForget;
                    secondsARow[index] = isOld ? seconds / rows : Math.Min(seconds / rows, Forgetting * secondsARow[index]);
                    noted[index] = choices;
                }
            }
        }
    }

    // Of those of one age, the largest.
    private int LongestAgo(int filled)
    {
        int oldest = 0;
        for (int index = 1; index < filled; index++)
        {
            oldest = noted[index] <= noted[oldest] ? index : oldest;
        }

        return oldest;
    }

    private static int FirstBelow(ReadOnlySpan<double> values, double limit)
    {
        int index = 0;
        while (values[index] > limit)
        {
            index++;
        }

        return index;
    }
}
