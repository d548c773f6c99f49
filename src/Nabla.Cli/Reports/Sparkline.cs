namespace Nabla.Cli.Reports;

/// <summary>Numbers as a line of small bars.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const char NotFinite = '×';

    /// <summary>Draws numbers, the smallest as the lowest bar, at most <paramref name="width"/> characters wide: each stands for the mean of its share.</summary>
    public static string Draw(IReadOnlyList<double> values, int width)
    {
        double[] shown = values.Count <= width ? [.. values] : [.. Enumerable.Range(0, width).Select(index => Mean(values, index, width))];
        double[] finite = [.. shown.Where(double.IsFinite)];
        if (finite.Length == 0)
        {
            return new string(NotFinite, shown.Length);
        }

        (double low, double high) = (finite.Min(), finite.Max());
        return string.Concat(shown.Select(value => double.IsFinite(value) ? BarOf(value, low, high) : NotFinite));
    }

    private static double Mean(IReadOnlyList<double> values, int index, int width)
    {
        int start = (int)((long)index * values.Count / width);
        int end = (int)((long)(index + 1) * values.Count / width);
        return Enumerable.Range(start, end - start).Average(place => values[place]);
    }

    private static char BarOf(double value, double low, double high) =>
        high > low ? Bars[(int)Math.Min((value - low) / (high - low) * Bars.Length, Bars.Length - 1)] : Bars[0];
}
