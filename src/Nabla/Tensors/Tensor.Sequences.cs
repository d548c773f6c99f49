namespace Nabla;

public sealed partial class Tensor
{
    /// <summary>The numbers from 0 to <paramref name="count"/> - 1.</summary>
    public static Tensor Range(int count, DataType dataType = DataType.Int32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Tensor numbers = Allocate(new TensorType(DataType.Int32, [count]));
        Span<int> target = numbers.Writable<int>();
        for (int index = 0; index < count; index++)
        {
            target[index] = index;
        }

        GC.KeepAlive(numbers);
        return numbers.To(dataType);
    }

    /// <summary>The numbers start, start + step, start + 2 step and so on, before <paramref name="end"/>.</summary>
    /// <exception cref="ArgumentException">The step is zero, or a number is not of the type.</exception>
    public static Tensor Range(double start, double end, double step, DataType dataType = DataType.Float32)
    {
        double count = Math.Ceiling((end - start) / step);
        return step != 0 && double.IsFinite(count)
            ? Evenly(start, step, (int)Math.Max(0, count), dataType)
            : throw new ArgumentException($"Range from {start} to {end} does not arrive in steps of {step}.");
    }

    /// <summary>Numbers at equal distances from <paramref name="start"/> to <paramref name="end"/>, both included.</summary>
    /// <param name="start">The first number.</param>
    /// <param name="end">The last number.</param>
    /// <param name="count">How many; of one it is <paramref name="start"/>.</param>
    /// <param name="dataType">The type of the result.</param>
    public static Tensor Linspace(double start, double end, int count, DataType dataType = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        double[] values = new double[count];
        for (int index = 0; index < count; index++)
        {
            // Each end is exact, and so is the middle of symmetric ones.
            double share = count == 1 ? 0 : (double)index / (count - 1);
            values[index] = (start * (1 - share)) + (end * share);
        }

        return From(values).To(dataType);
    }

    /// <summary>The identity matrix: ones on the diagonal, zeros elsewhere.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns, by default as many.</param>
    /// <param name="dataType">The type of the result.</param>
    public static Tensor Eye(int rows, int? columns = null, DataType dataType = DataType.Float32) =>
        Range(rows).ExpandDimensions(-1).Equal(Range(columns ?? rows)).To(dataType);

    private static Tensor Evenly(double start, double step, int count, DataType dataType)
    {
        double[] values = new double[count];
        for (int index = 0; index < count; index++)
        {
            values[index] = start + (index * step);
        }

        return From(values).To(dataType);
    }
}
