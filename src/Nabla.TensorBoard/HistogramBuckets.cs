using Nabla.TensorBoard.Protos;

namespace Nabla.TensorBoard;

/// <summary>
/// Sorts numbers into the buckets that TensorBoard's histograms usually have: their ends grow by a tenth from 1e-12 to 1e20 on both sides of zero
/// (TensorFlow's histogram summaries).
/// </summary>
internal static class HistogramBuckets
{
    private const double Smallest = 1e-12;
    private const double Largest = 1e20;
    private const double Growth = 1.1;
    private static readonly double[] Limits = MakeLimits();

    /// <summary>The histogram of a tensor's finite elements.</summary>
    public static Histogram Of(Tensor values)
    {
        double[] finite = [.. values.To(DataType.Float64).ToArray<double>().Where(double.IsFinite)];
        Histogram histogram = new() { Num = finite.Length };
        if (finite.Length == 0)
        {
            return histogram;
        }

        histogram.Min = finite.Min();
        histogram.Max = finite.Max();
        histogram.Sum = finite.Sum();
        histogram.SumSquares = finite.Sum(value => value * value);
        AddBuckets(histogram, Count(finite));
        return histogram;
    }

    private static int[] Count(double[] values)
    {
        int[] counts = new int[Limits.Length];
        foreach (double value in values)
        {
            counts[BucketOf(value)]++;
        }

        return counts;
    }

    // A bucket holds what is at least the limit before its own, and below its own.
    private static int BucketOf(double value)
    {
        int found = Array.BinarySearch(Limits, value);
        return Math.Min(found < 0 ? ~found : found + 1, Limits.Length - 1);
    }

    // Neighbours without anything become one bucket; what stands outside of all that counts is left out.
    private static void AddBuckets(Histogram histogram, int[] counts)
    {
        int first = Array.FindIndex(counts, count => count > 0);
        int last = Array.FindLastIndex(counts, count => count > 0);
        for (int index = Math.Max(0, first - 1); index <= last; index++)
        {
            if (counts[index] > 0 || index == last || counts[index + 1] > 0)
            {
                histogram.BucketLimit.Add(Limits[index]);
                histogram.Bucket.Add(counts[index]);
            }
        }
    }

    private static double[] MakeLimits()
    {
        List<double> positive = [];
        for (double limit = Smallest; limit < Largest; limit *= Growth)
        {
            positive.Add(limit);
        }

        positive.Add(double.MaxValue);
        return [.. positive.AsEnumerable().Reverse().Select(limit => -limit), 0, .. positive];
    }
}
