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

    private readonly Lock gate = new();
    private readonly double[] secondsARow = [.. sizes.Select(_ => double.PositiveInfinity)];
    private int choices;

    /// <summary>
    /// The size for so many rows that wait: the smallest whose rows are as cheap as any, of the sizes that are filled. A size that was never computed is tried,
    /// and now and then the largest again, so that what a batch took in bad moments does not count for ever.
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
            bool isTrial = ++choices % BatchesToTrial == 0 || double.IsPositiveInfinity(known[^1]);
            return sizes[isTrial ? filled - 1 : FirstBelow(known, Worth * System.Numerics.Tensors.TensorPrimitives.Min(known))];
        }
    }

    /// <summary>Learns from a batch that was computed: what disturbed it counts little, as the least of the last ones is kept.</summary>
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
                    secondsARow[index] = Math.Min(seconds / rows, Forgetting * secondsARow[index]);
                }
            }
        }
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
