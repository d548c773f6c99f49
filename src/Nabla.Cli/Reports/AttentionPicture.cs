using System.Globalization;
using System.Text;
using Nabla.Formats;
using Nabla.Text;
using ScottPlot;
using SkiaSharp;

namespace Nabla.Cli.Reports;

/// <summary>Draws where a translation looked: a row a token of the translation, a column a token of the sentence.</summary>
internal static class AttentionPicture
{
    private const int CellSize = 34;
    private const int Margin = 180;
    private const int MostCells = 60;
    private const float CellsHeight = 7.5f;

    /// <summary>Draws a map.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="map">What to draw.</param>
    /// <returns>What a person must know to read the picture; null for nothing.</returns>
    public static string? Save(string path, AttentionMap map)
    {
        string[] tokens = [.. map.Source, .. map.Target];
        string? font = FontFor(tokens);
        using Plot plot = new();
        double[,] weights = Weights(map);
        ScottPlot.Plottables.Heatmap cells = plot.Add.Heatmap(weights);
        cells.Colormap = new ScottPlot.Colormaps.Blues().Reversed();
        NameAxes(plot, Labels(map.Source, font), Labels(map.Target, font), font ?? Plots.Font);
        plot.HideGrid();
        AtomicFile.WriteBytes(path, plot.GetImageBytes(Pixels(map.Source.Count), Pixels(map.Target.Count), ImageFormat.Png));
        return font is null ? Numbered(map) : null;
    }

    // A bare server has no font with Chinese characters, and the one that comes with the program has none either.
    private static string? FontFor(string[] tokens)
    {
        string text = string.Concat(tokens);
        using SKTypeface own = SKTypeface.FromFile(Plots.FontFile);
        if (Has(own, text))
        {
            return Plots.Font;
        }

        Rune missing = text.EnumerateRunes().First(rune => !Has(own, rune.ToString()));
        using SKTypeface? other = SKFontManager.Default.MatchCharacter(missing.Value);
        return other is not null && Has(other, text) ? other.FamilyName : null;
    }

    private static bool Has(SKTypeface typeface, string text)
    {
        using SKFont font = new(typeface);
        return font.ContainsGlyphs(text);
    }

    private static double[,] Weights(AttentionMap map)
    {
        double[,] weights = new double[map.Target.Count, map.Source.Count];
        float[] values = map.Weights.ToArray<float>();
        for (int index = 0; index < values.Length; index++)
        {
            weights[index / map.Source.Count, index % map.Source.Count] = values[index];
        }

        return weights;
    }

    private static string[] Labels(IReadOnlyList<string> tokens, string? font) =>
        [.. tokens.Select((token, index) => font is null ? (index + 1).ToString(CultureInfo.InvariantCulture) : token)];

    private static void NameAxes(Plot plot, string[] source, string[] target, string font)
    {
        double[] columns = [.. Enumerable.Range(0, source.Length).Select(index => (double)index)];
        double[] rows = [.. Enumerable.Range(0, target.Length).Select(index => (double)(target.Length - 1 - index))];
        plot.Axes.Bottom.SetTicks(columns, source);
        plot.Axes.Left.SetTicks(rows, target);
        plot.Axes.Bottom.TickLabelStyle.FontName = font;
        plot.Axes.Left.TickLabelStyle.FontName = font;
        plot.Axes.Bottom.TickLabelStyle.Rotation = -60;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleRight;
        plot.Axes.Bottom.MinimumSize = 30 + (CellsHeight * source.Max(label => label.Length));
    }

    private static int Pixels(int tokens) => Margin + (CellSize * Math.Min(tokens, MostCells));

    private static string Numbered(AttentionMap map) =>
        $"no font here has all of the characters, so the picture numbers the tokens: {Numbers(map.Source)} in its columns, {Numbers(map.Target)} in its rows";

    private static string Numbers(IReadOnlyList<string> tokens) => string.Join(' ', tokens.Select((token, index) => $"{index + 1} {token}"));
}
