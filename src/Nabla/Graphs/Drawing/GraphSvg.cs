using System.Globalization;
using System.Security;
using System.Text;

namespace Nabla.Graphs.Drawing;

/// <summary>Draws graphs as SVG.</summary>
internal static class GraphSvg
{
    private const int BoxWidth = 190;
    private const int BoxHeight = 36;
    private const int ColumnStep = 210;
    private const int RowStep = 62;
    private const int Margin = 16;

    public static string Write(GraphPicture picture)
    {
        Box[] boxes = [.. picture.Boxes];
        int width = (boxes.Max(box => box.Column) * ColumnStep) + BoxWidth + (2 * Margin);
        int height = (boxes.Max(box => box.Row) * RowStep) + BoxHeight + (2 * Margin);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" ");
        text.Append("font-family=\"sans-serif\" font-size=\"11\" text-anchor=\"middle\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        foreach (Line line in picture.Lines)
        {
            AppendLine(text, line);
        }

        foreach (Box box in boxes)
        {
            AppendBox(text, box);
        }

        return text.Append("</svg>\n").ToString();
    }

    private static (int X, int Y) CornerOf(Box box) => (Margin + (box.Column * ColumnStep), Margin + (box.Row * RowStep));

    private static void AppendLine(StringBuilder text, Line line)
    {
        (int fromX, int fromY) = CornerOf(line.From);
        (int toX, int toY) = CornerOf(line.To);
        (int x1, int y1, int x2, int y2) = (fromX + (BoxWidth / 2), fromY + BoxHeight, toX + (BoxWidth / 2), toY);
        int bend = (y1 + y2) / 2;
        text.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x1},{y1} C{x1},{bend} {x2},{bend} {x2},{y2}\" fill=\"none\" stroke=\"#8a94a6\"/>\n");
    }

    private static void AppendBox(StringBuilder text, Box box)
    {
        (int x, int y) = CornerOf(box);
        (string fill, int radius) = box.Kind switch
        {
            BoxKind.Op => ("#e8eefc", 4),
            BoxKind.Given => ("#e2f4e6", BoxHeight / 2),
            BoxKind.Held => ("#fdf1d7", BoxHeight / 2),
            _ => ("#f7dfe6", BoxHeight / 2),
        };
        int middle = x + (BoxWidth / 2);
        text.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"{y}\" width=\"{BoxWidth}\" height=\"{BoxHeight}\" rx=\"{radius}\" fill=\"{fill}\" stroke=\"#5a6579\"/>\n");
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{middle}\" y=\"{y + 15}\" font-weight=\"bold\">{SecurityElement.Escape(box.Name)}</text>\n");
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{middle}\" y=\"{y + 29}\" fill=\"#5a6579\" font-size=\"9\">{SecurityElement.Escape(box.Type)}</text>\n");
    }
}
