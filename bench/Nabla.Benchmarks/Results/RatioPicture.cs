using System.Globalization;
using Nabla.Formats;
using ScottPlot;

namespace Nabla.Benchmarks.Results;

/// <summary>Draws how many times faster than the best peer Nabla is, a bar a case, with a mark where the target stands.</summary>
internal static class RatioPicture
{
    private const int Width = 1000;
    private const int RowHeight = 24;
    private const int Margins = 120;

    public static void Draw(ResultsTable table, string path)
    {
        (string Title, double Ratio, double Target, bool Met)[] cases = [.. table.Rows.Reverse().Select(Read)];
        Plot plot = Drawing.NewPlot();
        for (int row = 0; row < cases.Length; row++)
        {
            (_, double ratio, double target, bool met) = cases[row];
            Color color = met ? Colors.SteelBlue : Colors.IndianRed;
            plot.Add.Bar(new Bar { Position = row, Value = Math.Log2(ratio), FillColor = color, LineWidth = 0, Size = 0.7, Orientation = Orientation.Horizontal });
            plot.Add.Line(Math.Log2(target), row - 0.45, Math.Log2(target), row + 0.45).Color = Colors.Black;
        }

        plot.Add.VerticalLine(0, 1, Colors.Gray);
        plot.Axes.Left.SetTicks([.. Enumerable.Range(0, cases.Length).Select(row => (double)row)], [.. cases.Select(row => row.Title)]);
        Drawing.TicksOfPowers(plot.Axes.Bottom, [0.25, 0.5, 1, 2, 4, 8, 16, 32]);
        plot.Axes.SetLimitsY(-1, cases.Length);
        plot.HideGrid();
        plot.Title("Nabla beside the best peer on the same machine: times as fast");
        plot.XLabel("times as fast (black mark: the target; red: below it)");
        AtomicFile.WriteBytes(path, plot.GetImageBytes(Width, (RowHeight * cases.Length) + Margins, ImageFormat.Png));
    }

    private static (string Title, double Ratio, double Target, bool Met) Read(string[] cells)
    {
        double ratio = double.Parse(cells[^3], CultureInfo.InvariantCulture), target = double.Parse(cells[^2].Split(' ')[0], CultureInfo.InvariantCulture);
        return (cells[0], ratio, target, cells[^1] == "met");
    }
}
