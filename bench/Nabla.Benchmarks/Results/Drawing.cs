using ScottPlot;

namespace Nabla.Benchmarks.Results;

/// <summary>What all pictures share.</summary>
internal static class Drawing
{
    private const string Font = "DejaVu Sans";

    // A bare server has no fonts at all, so the program brings its own.
    static Drawing()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Fonts", "DejaVuSans.ttf");
        Fonts.AddFontFile(Font, file, bold: false, italic: false);
        Fonts.AddFontFile(Font, file, bold: true, italic: false);
        Fonts.Default = Font;
    }

    /// <summary>An empty plot in the program's own font.</summary>
    public static Plot NewPlot() => new();

    /// <summary>Ticks of an axis whose positions are logarithms to base 2.</summary>
    public static void TicksOfPowers(IAxis axis, IEnumerable<double> values)
    {
        double[] all = [.. values];
        axis.SetTicks(Array.ConvertAll(all, Math.Log2), Array.ConvertAll(all, Text));
    }

    private static string Text(double value) => value >= 1000
        ? $"{value / 1000:0.#}k"
        : value.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);
}
