using Nabla.Compression;
using Nabla.Formats;
using ScottPlot;

namespace Nabla.Cli.Reports;

/// <summary>Draws how each layer alone bears losses.</summary>
internal static class SensitivityPlot
{
    /// <summary>A line for each layer over the share that is gone.</summary>
    public static void Save(string path, IReadOnlyList<SensitivityPoint> points, string score)
    {
        using Plot plot = Plots.Create();
        foreach (IGrouping<string, SensitivityPoint> layer in points.GroupBy(point => point.Name))
        {
            double[] shares = [.. layer.Select(point => 100 * point.Share)];
            plot.Add.Scatter(shares, layer.Select(point => point.Score).ToArray()).LegendText = layer.Key;
        }

        plot.XLabel("% of one layer that is gone");
        plot.YLabel(ScoreText.Title(score));
        plot.Title("Sensitivity of each layer alone");
        plot.ShowLegend(Alignment.LowerLeft);
        AtomicFile.WriteBytes(path, plot.GetImageBytes(900, 520, ImageFormat.Png));
    }
}
