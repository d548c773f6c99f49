using System.Globalization;
using Nabla.Formats;
using ScottPlot;

namespace Nabla.Benchmarks.Results;

/// <summary>Draws how speed depends on the size of a batch, of a matrix and of a network, on one thread and on more.</summary>
internal static class ScalingPicture
{
    private const int Width = 1100;
    private const int Height = 800;
    private const double WideRange = 200;
    private static readonly Color[] ThreadColors = [Colors.SteelBlue, Colors.IndianRed];

    public static void Draw(ResultsTable table, string path)
    {
        IGrouping<string, string[]>[] series = [.. table.Rows.Where(row => row[1].Length > 0).GroupBy(row => row[0])];
        Multiplot plots = new();
        plots.AddPlots(series.Length);
        plots.Layout = new ScottPlot.MultiplotLayouts.Grid(rows: (series.Length + 1) / 2, columns: 2);
        for (int index = 0; index < series.Length; index++)
        {
            Draw(plots.GetPlot(index), series[index]);
        }

        AtomicFile.WriteBytes(path, plots.Render(Width, Height).GetImageBytes(ImageFormat.Png));
    }

    // Rows are: what, its size, threads, figure, unit.
    private static void Draw(Plot plot, IGrouping<string, string[]> series)
    {
        double[] all = [.. series.Select(row => Number(row[3])).Order()];
        bool isWide = all[^1] > WideRange * all[0];
        foreach ((IGrouping<string, string[]> line, Color color) in series.GroupBy(row => row[2]).Zip(ThreadColors))
        {
            double[] sizes = [.. line.Select(row => Math.Log2(Number(row[1])))], figures = [.. line.Select(row => isWide ? Math.Log2(Number(row[3])) : Number(row[3]))];
            ScottPlot.Plottables.Scatter scatter = plot.Add.Scatter(sizes, figures, color);
            scatter.LegendText = line.Key == "1" ? "1 thread" : $"{line.Key} threads";
        }

        Drawing.TicksOfPowers(plot.Axes.Bottom, series.Select(row => Number(row[1])).Distinct());
        plot.Axes.AutoScale();
        if (isWide)
        {
            Drawing.TicksOfPowers(plot.Axes.Left, [10, 100, 1000, 10_000, 100_000]);
        }
        else
        {
            plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top);
        }

        plot.Title(series.Key);
        plot.YLabel(series.First()[4]);
        plot.ShowLegend(isWide ? Alignment.UpperRight : Alignment.LowerRight);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
