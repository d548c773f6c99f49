using System.Text;

namespace Nabla.Graphs.Drawing;

/// <summary>Writes graphs in the DOT language of Graphviz.</summary>
internal static class GraphDot
{
    public static string Write(GraphPicture picture)
    {
        StringBuilder text = new("digraph nabla {\n  node [fontname=\"sans-serif\", fontsize=10];\n");
        foreach (Box box in picture.Boxes)
        {
            string shape = box.Kind == BoxKind.Op ? "box" : "ellipse";
            text.Append($"  n{box.Number} [shape={shape}, label=\"{Quoted(box.Name)}\\n{Quoted(box.Type)}\"];\n");
        }

        foreach (Line line in picture.Lines)
        {
            text.Append($"  n{line.From.Number} -> n{line.To.Number};\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string Quoted(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
