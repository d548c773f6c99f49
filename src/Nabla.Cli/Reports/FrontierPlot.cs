using Nabla.Cli.Compression;
using Nabla.Formats;
using ScottPlot;

namespace Nabla.Cli.Reports;

/// <summary>Draws how good models are over what they cost: a point each, and a line along those of which none other costs less and is as good.</summary>
internal static class FrontierPlot
{
    private const int Width = 1400;
    private const int Height = 620;
    private const float LabelSize = 13;
    private const float Distance = 6;
    private const double Kilo = 1000;

    /// <summary>Draws size and latency side by side.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="trials">The models.</param>
    /// <param name="chosen">The one that was chosen; null for none.</param>
    public static void Save(string path, IReadOnlyList<CompressTrial> trials, CompressTrial? chosen)
    {
        Multiplot both = Plots.CreateColumns(2);
        Draw(both.GetPlot(0), trials, chosen, figures => figures.Bytes / Kilo, "kilobytes on disk");
        Draw(both.GetPlot(1), trials, chosen, figures => figures.Latency, "one answer, µs (median)");
        AtomicFile.WriteBytes(path, both.Render(Width, Height).GetImageBytes(ImageFormat.Png));
    }

    private static void Draw(Plot plot, IReadOnlyList<CompressTrial> trials, CompressTrial? chosen, Func<ModelFigures, double> cost, string title)
    {
        IReadOnlyList<CompressTrial> frontier = CompressTrial.Frontier(trials, cost);
        plot.Add.ScatterPoints(Costs(trials, cost), Losses(trials), Colors.Gray).LegendText = "tried";
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(Costs(frontier, cost), Losses(frontier), Colors.SteelBlue);
        line.MarkerSize = 8;
        line.LegendText = "none costs less and is as good";
        if (chosen is not null)
        {
            ScottPlot.Plottables.Marker mark = plot.Add.Marker(cost(chosen.Figures), -chosen.Drop * 100, MarkerShape.OpenCircle, 16, Colors.OrangeRed);
            mark.LineWidth = 2;
            mark.LegendText = "chosen";
        }

        Name(plot, [.. frontier.Reverse()], cost);

        plot.XLabel(title);
        plot.YLabel("change in percent, up is better");
        plot.Axes.Margins(0.1, 0.15);
    }

    // Points lie close together: they get numbers, above and below in turn, and the legend their names.
    private static void Name(Plot plot, CompressTrial[] frontier, Func<ModelFigures, double> cost)
    {
        for (int index = 0; index < frontier.Length; index++)
        {
            CompressTrial trial = frontier[index];
            ScottPlot.Plottables.Text label = plot.Add.Text($"{index + 1}", cost(trial.Figures), -trial.Drop * 100);
            label.LabelFontSize = LabelSize;
            label.LabelAlignment = index % 2 == 0 ? Alignment.LowerCenter : Alignment.UpperCenter;
            label.OffsetY = index % 2 == 0 ? -Distance : Distance;
            plot.Legend.ManualItems.Add(new LegendItem { LabelText = $"{index + 1}  {trial.Name}" });
        }

        plot.ShowLegend(Alignment.LowerRight);
    }

    private static double[] Costs(IEnumerable<CompressTrial> trials, Func<ModelFigures, double> cost) => [.. trials.Select(trial => cost(trial.Figures))];

    private static double[] Losses(IEnumerable<CompressTrial> trials) => [.. trials.Select(trial => -trial.Drop * 100)];
}
