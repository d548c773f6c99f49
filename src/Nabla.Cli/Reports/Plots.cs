using Nabla.Formats;
using Nabla.Metrics;
using Nabla.Training;
using ScottPlot;

namespace Nabla.Cli.Reports;

/// <summary>Draws what a run came to.</summary>
internal static class Plots
{
    private const int Width = 900;
    private const int Height = 420;

    // A bare server has no fonts at all, so the program brings its own.
    static Plots()
    {
        Fonts.AddFontFile(Font, FontFile, bold: false, italic: false);
        Fonts.AddFontFile(Font, FontFile, bold: true, italic: false);
        Fonts.Default = Font;
    }

    /// <summary>The font of all pictures.</summary>
    public static string Font => "DejaVu Sans";

    /// <summary>The file of the font.</summary>
    public static string FontFile { get; } = Path.Combine(AppContext.BaseDirectory, "Fonts", "DejaVuSans.ttf");

    /// <summary>A plot with the program's font.</summary>
    public static Plot Create() => new();

    /// <summary>Plots side by side, with the program's font.</summary>
    public static Multiplot CreateColumns(int count)
    {
        Multiplot columns = new();
        columns.AddPlots(count);
        columns.Layout = new ScottPlot.MultiplotLayouts.Columns();
        return columns;
    }

    /// <summary>The loss and the first metric over the epochs, training and validation.</summary>
    public static void SaveCurves(string path, History history)
    {
        string[] names = [.. history.Epochs.SelectMany(epoch => epoch.Train.Names).Distinct().Take(2)];
        Multiplot both = CreateColumns(names.Length);
        for (int index = 0; index < names.Length; index++)
        {
            Curve(both.GetPlot(index), names[index], history.Epochs);
        }

        AtomicFile.WriteBytes(path, both.Render(Width, Height).GetImageBytes(ImageFormat.Png));
    }

    /// <summary>How often each class (rows) was taken for each (columns).</summary>
    public static void SaveConfusion(string path, ConfusionMatrix confusion, IReadOnlyList<string> labels)
    {
        using Plot plot = Create();
        double[,] shares = Shares(confusion);
        ScottPlot.Plottables.Heatmap map = plot.Add.Heatmap(shares);
        map.Colormap = new ScottPlot.Colormaps.Blues().Reversed();
        if (labels.Count <= Confusion.MostShown)
        {
            AddCounts(plot, confusion, shares);
            NameAxes(plot, labels);
        }

        plot.XLabel("answered");
        plot.YLabel("true");
        plot.Title("Confusion matrix");
        AtomicFile.WriteBytes(path, plot.GetImageBytes(720, 640, ImageFormat.Png));
    }

    private static void NameAxes(Plot plot, IReadOnlyList<string> labels)
    {
        const int LongestLevelLabel = 4;
        const float HeightPerCharacter = 5.5f;
        double[] positions = [.. Enumerable.Range(0, labels.Count).Select(index => (double)index)];
        plot.Axes.Bottom.SetTicks(positions, [.. labels]);
        plot.Axes.Left.SetTicks(positions, [.. labels.Reverse()]);
        int longest = labels.Max(label => label.Length);
        if (longest > LongestLevelLabel)
        {
            plot.Axes.Bottom.TickLabelStyle.Rotation = -45;
            plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleRight;
            plot.Axes.Bottom.MinimumSize = 40 + (HeightPerCharacter * longest);
        }
    }

    private static double[,] Shares(ConfusionMatrix confusion)
    {
        int classes = confusion.Classes;
        double[,] shares = new double[classes, classes];
        for (int row = 0; row < classes; row++)
        {
            double total = Math.Max(1, Enumerable.Range(0, classes).Sum(column => confusion[row, column]));
            for (int column = 0; column < classes; column++)
            {
                shares[row, column] = confusion[row, column] / total;
            }
        }

        return shares;
    }

    private static void AddCounts(Plot plot, ConfusionMatrix confusion, double[,] shares)
    {
        int classes = confusion.Classes;
        for (int row = 0; row < classes; row++)
        {
            for (int column = 0; column < classes; column++)
            {
                ScottPlot.Plottables.Text text = plot.Add.Text($"{confusion[row, column]}", column, classes - 1 - row);
                text.Alignment = Alignment.MiddleCenter;
                text.LabelFontColor = shares[row, column] > 0.5 ? Colors.White : Colors.Black;
            }
        }
    }

    private static void Curve(Plot plot, string name, IReadOnlyList<EpochResult> history)
    {
        double[] epochs = [.. history.Select(epoch => (double)epoch.Epoch)];
        plot.Add.Scatter(epochs, history.Select(epoch => epoch.Train[name]).ToArray()).LegendText = "training";
        if (history.All(epoch => epoch.Validation is not null))
        {
            plot.Add.Scatter(epochs, history.Select(epoch => epoch.Validation![name]).ToArray()).LegendText = "validation";
        }

        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        plot.XLabel("epoch");
        plot.Title(ScoreText.Title(name));
        plot.ShowLegend(name == "accuracy" ? Alignment.LowerRight : Alignment.UpperRight);
    }
}
