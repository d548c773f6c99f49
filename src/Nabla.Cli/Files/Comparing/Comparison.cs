using Nabla.Cli.Commands;

namespace Nabla.Cli.Files.Comparing;

/// <summary>How far apart the answers of two models are.</summary>
/// <param name="Runs">How many batches they answered.</param>
/// <param name="Numbers">How many numbers were compared.</param>
/// <param name="Largest">The largest absolute difference; not a number where one of them has none.</param>
/// <param name="Mean">The mean absolute difference.</param>
/// <param name="LargestRelative">The largest difference in relation to the larger of the two numbers.</param>
/// <param name="LeftOutputs">How many outputs one of them has more: the first ones, which both have, are compared.</param>
/// <param name="Agreement">The share of rows of the first output whose largest number stands at the same place; null where rows have one number.</param>
internal sealed record Comparison(int Runs, long Numbers, double Largest, double Mean, double LargestRelative, int LeftOutputs, double? Agreement)
{
    /// <summary>Lets two models answer the same inputs.</summary>
    /// <param name="a">One model.</param>
    /// <param name="b">The other.</param>
    /// <param name="pairs">Their inputs.</param>
    /// <param name="batches">What they are asked, as the first takes it.</param>
    /// <exception cref="UsageException">Their outputs do not go together.</exception>
    public static Comparison Of(RunnableModel a, RunnableModel b, InputPair[] pairs, IEnumerable<Tensor[]> batches)
    {
        Differences differences = new();
        (int runs, int left) = (0, 0);
        foreach (Tensor[] batch in batches)
        {
            Tensor[] ofA = a.Run([.. pairs.Select((pair, index) => pair.ForFirst(batch[index]))]);
            Tensor[] ofB = b.Run([.. pairs.Select((pair, index) => pair.ForSecond(batch[index]))]);
            left = Math.Abs(ofA.Length - ofB.Length);
            for (int output = 0; output < Math.Min(ofA.Length, ofB.Length); output++)
            {
                differences.Add(ofA[output], Fitted(ofB[output], ofA[output].Shape, pairs), output == 0);
            }

            runs++;
        }

        return differences.Total(runs, left);
    }

    // What is turned around on the way in may come out turned around.
    private static Tensor Fitted(Tensor output, Shape expected, InputPair[] pairs)
    {
        if (output.Shape == expected)
        {
            return output;
        }

        int[]? axes = pairs.Select(pair => pair.Axes).FirstOrDefault(axes => axes is not null);
        int[]? back = axes is null || output.Rank != axes.Length ? null : [.. Enumerable.Range(0, axes.Length).Select(axis => Array.IndexOf(axes, axis))];
        return back is not null && output.Transpose(back) is { } turned && turned.Shape == expected
            ? turned
            : throw new UsageException($"one model gives {expected} and the other {output.Shape}: expected one shape.");
    }

    private sealed class Differences
    {
        private long numbers;
        private long rows;
        private long equalRows;
        private double sum;
        private double largest;
        private double largestRelative;

        public void Add(Tensor a, Tensor b, bool first)
        {
            double[] ofA = a.To(DataType.Float64).ToArray<double>();
            double[] ofB = b.To(DataType.Float64).ToArray<double>();
            for (int index = 0; index < ofA.Length; index++)
            {
                Add(ofA[index], ofB[index]);
            }

            if (first && a.Rank > 0 && a.Shape[-1] > 1)
            {
                CountRows(ofA, ofB, a.Shape[-1]);
            }
        }

        public Comparison Total(int runs, int left) =>
            new(runs, numbers, largest, numbers == 0 ? 0 : sum / numbers, largestRelative, left, rows == 0 ? null : (double)equalRows / rows);

        private void Add(double a, double b)
        {
            bool same = a.Equals(b);
            double difference = same ? 0 : Math.Abs(a - b);
            double relative = difference == 0 ? 0 : difference / Math.Max(Math.Abs(a), Math.Abs(b));
            (largest, largestRelative) = (Math.Max(largest, difference), Math.Max(largestRelative, relative));
            sum += difference;
            numbers++;
        }

        private void CountRows(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int width)
        {
            for (int start = 0; start < a.Length; start += width)
            {
                rows++;
                equalRows += IndexOfLargest(a.Slice(start, width)) == IndexOfLargest(b.Slice(start, width)) ? 1 : 0;
            }
        }

        private static int IndexOfLargest(ReadOnlySpan<double> row)
        {
            int best = 0;
            for (int index = 1; index < row.Length; index++)
            {
                best = row[index] > row[best] ? index : best;
            }

            return best;
        }
    }
}
