using Nabla.Formats;
using Nabla.Training;
using ScottPlot;

namespace Nabla.Cli.Reports;

/// <summary>Draws what a run came to.</summary>
internal static class Plots
{
    private const int Width = 900;
    private const int Height = 420;

    private const string Font = "DejaVu Sans";

    // A bare server has no fonts at all, so the program brings its own.
    static Plots()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Fonts", "DejaVuSans.ttf");
        Fonts.AddFontFile(Font, file, bold: false, italic: false);
        Fonts.AddFontFile(Font, file, bold: true, italic: false);
        Fonts.Default = Font;
    }

    /// <summary>Loss and accuracy over the epochs, training and validation.</summary>
    public static void SaveCurves(string path, History history)
    {
        double[] epochs = [.. history.Epochs.Select(epoch => (double)epoch.Epoch)];
        Multiplot both = new();
        both.AddPlots(2);
        both.Layout = new ScottPlot.MultiplotLayouts.Columns();
        Curve(both.GetPlot(0), "Loss", epochs, history.Epochs.Select(epoch => epoch.Train.Loss), history.Epochs.Select(epoch => epoch.Validation!.Loss));
        Curve(both.GetPlot(1), "Accuracy", epochs, history.Epochs.Select(epoch => epoch.Train["accuracy"]), history.Epochs.Select(epoch => epoch.Validation!["accuracy"]));
        AtomicFile.WriteBytes(path, both.Render(Width, Height).GetImageBytes(ImageFormat.Png));
    }

    /// <summary>How often each class (rows) was taken for each (columns).</summary>
    public static void SaveConfusion(string path, int[,] confusion, IReadOnlyList<string> labels)
    {
        int classes = labels.Count;
        using Plot plot = new();
        double[,] shares = new double[classes, classes];
        for (int row = 0; row < classes; row++)
        {
            double total = Math.Max(1, Enumerable.Range(0, classes).Sum(column => confusion[row, column]));
            for (int column = 0; column < classes; column++)
            {
                shares[row, column] = confusion[row, column] / total;
                ScottPlot.Plottables.Text text = plot.Add.Text($"{confusion[row, column]}", column, classes - 1 - row);
                text.Alignment = Alignment.MiddleCenter;
                text.LabelFontColor = shares[row, column] > 0.5 ? Colors.White : Colors.Black;
            }
        }

        ScottPlot.Plottables.Heatmap map = plot.Add.Heatmap(shares);
        map.Colormap = new ScottPlot.Colormaps.Blues().Reversed();
        plot.MoveToBack(map);
        string[] upwards = [.. labels.Reverse()];
        double[] positions = [.. Enumerable.Range(0, classes).Select(index => (double)index)];
        plot.Axes.Bottom.SetTicks(positions, [.. labels]);
        plot.Axes.Left.SetTicks(positions, upwards);
        plot.XLabel("answered");
        plot.YLabel("true");
        plot.Title("Confusion matrix");
        AtomicFile.WriteBytes(path, plot.GetImageBytes(720, 640, ImageFormat.Png));
    }

    private static void Curve(Plot plot, string title, double[] epochs, IEnumerable<double> train, IEnumerable<double> validation)
    {
        plot.Add.Scatter(epochs, train.ToArray()).LegendText = "training";
        plot.Add.Scatter(epochs, validation.ToArray()).LegendText = "validation";
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        plot.XLabel("epoch");
        plot.Title(title);
        plot.ShowLegend(title == "Loss" ? Alignment.UpperRight : Alignment.LowerRight);
    }
}
