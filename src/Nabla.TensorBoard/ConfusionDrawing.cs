using System.Globalization;
using System.Text;
using Nabla.Metrics;

namespace Nabla.TensorBoard;

/// <summary>A confusion matrix as TensorBoard can show one: a picture, and a table in Markdown.</summary>
internal static class ConfusionDrawing
{
    private const int LargestSide = 512;
    private const int LargestCell = 32;
    private static readonly float[] Dark = [0.03f, 0.19f, 0.42f];

    /// <summary>A square for each pair of classes, white for none of a row and dark for all of it, <c>[height, width, 3]</c>.</summary>
    public static Tensor Picture(ConfusionMatrix matrix)
    {
        int cell = Math.Clamp(LargestSide / matrix.Classes, 1, LargestCell);
        int side = matrix.Classes * cell;
        float[] pixels = new float[side * side * Dark.Length];
        for (int row = 0; row < matrix.Classes; row++)
        {
            double total = Math.Max(1, Enumerable.Range(0, matrix.Classes).Sum(column => (double)matrix[row, column]));
            for (int column = 0; column < matrix.Classes; column++)
            {
                Fill(pixels, side, cell, (row, column), (float)(matrix[row, column] / total));
            }
        }

        return Tensor.From(pixels, [side, side, Dark.Length]);
    }

    /// <summary>A row a true class, a column a class that was answered.</summary>
    public static string Table(ConfusionMatrix matrix, IReadOnlyList<string> labels)
    {
        StringBuilder table = new();
        table.Append("| true \\ answered |").AppendJoin("", labels.Select(label => $" {Escape(label)} |")).Append('\n');
        table.Append("|---|").AppendJoin("", labels.Select(_ => "---:|")).Append('\n');
        for (int row = 0; row < matrix.Classes; row++)
        {
            table.Append(CultureInfo.InvariantCulture, $"| {Escape(labels[row])} |");
            table.AppendJoin("", Enumerable.Range(0, matrix.Classes).Select(column => $" {matrix[row, column]} |")).Append('\n');
        }

        return table.ToString();
    }

    private static void Fill(float[] pixels, int side, int cell, (int Row, int Column) place, float share)
    {
        for (int y = place.Row * cell; y < (place.Row + 1) * cell; y++)
        {
            for (int x = place.Column * cell; x < (place.Column + 1) * cell; x++)
            {
                for (int channel = 0; channel < Dark.Length; channel++)
                {
                    pixels[((((y * side) + x) * Dark.Length) + channel)] = 1 + (share * (Dark[channel] - 1));
                }
            }
        }
    }

    private static string Escape(string label) => label.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
