namespace Nabla.Graphs.Drawing;

/// <summary>What a drawing of a graph shows: boxes in rows, each below all that it reads, and lines between them.</summary>
internal sealed class GraphPicture
{
    private readonly Dictionary<object, Box> boxes = new(ReferenceEqualityComparer.Instance);
    private readonly List<Line> lines = [];

    private GraphPicture(Graph graph)
    {
        foreach (Argument argument in graph.Arguments)
        {
            boxes[argument] = new Box(boxes.Count, argument.Name, argument.Type.ToString(), BoxKind.Given);
        }

        foreach (Node node in graph.Nodes)
        {
            AddNode(node);
        }

        foreach (Value output in graph.Outputs)
        {
            AddEnd(output, new object(), "output", BoxKind.Output);
        }

        foreach (CellWrite write in graph.Writes)
        {
            AddEnd(write.Value, new object(), write.Cell.Name, BoxKind.Held);
        }

        Arrange();
    }

    /// <summary>The boxes, in order of their numbers.</summary>
    public IEnumerable<Box> Boxes => boxes.Values;

    /// <summary>The lines, from what is read to what reads it.</summary>
    public IReadOnlyList<Line> Lines => lines;

    /// <summary>Arranges a graph.</summary>
    public static GraphPicture Of(Graph graph) => new(graph);

    private void AddNode(Node node)
    {
        Box box = new(boxes.Count, node.Op.Name, string.Join(", ", node.Results.Select(result => result.Type)), BoxKind.Op);
        Box[] sources = [.. node.Inputs.Select(SourceOf).OfType<Box>().Distinct()];
        boxes[node] = box;
        Connect(sources, box);
    }

    private void AddEnd(Value value, object key, string name, BoxKind kind)
    {
        Box box = new(boxes.Count, name, value.Type.ToString(), kind);
        Box[] sources = SourceOf(value) is { } source ? [source] : [];
        boxes[key] = box;
        Connect(sources, box);
    }

    private void Connect(Box[] sources, Box target)
    {
        target.Row = sources.Length == 0 ? 0 : sources.Max(source => source.Row) + 1;
        lines.AddRange(sources.Select(source => new Line(source, target)));
    }

    // A cell that is read stands beside its reader; constants are left out.
    private Box? SourceOf(Value value) => value switch
    {
        Result result => boxes[result.Node],
        Argument argument => boxes[argument],
        CellValue cell => boxes.TryGetValue(cell, out Box? known) ? known : boxes[cell] = new Box(boxes.Count, cell.Cell.Name, cell.Type.ToString(), BoxKind.Held),
        _ => null,
    };

    // Cells go down to just above their first reader; then each row is ordered by the middle of what its boxes read, which crosses few lines.
    private void Arrange()
    {
        ILookup<Box, Box> readers = lines.ToLookup(line => line.From, line => line.To);
        ILookup<Box, Box> sources = lines.ToLookup(line => line.To, line => line.From);
        foreach (Box held in boxes.Values.Where(box => box.Kind == BoxKind.Held && readers.Contains(box)))
        {
            held.Row = readers[held].Min(reader => reader.Row) - 1;
        }

        foreach (IGrouping<int, Box> row in boxes.Values.GroupBy(box => box.Row).OrderBy(row => row.Key))
        {
            int column = 0;
            foreach (Box box in row.OrderBy(box => sources.Contains(box) ? sources[box].Average(source => source.Column) : box.Number))
            {
                box.Column = column++;
            }
        }
    }
}

/// <summary>A box of a drawing.</summary>
internal sealed class Box(int number, string name, string type, BoxKind kind)
{
    public int Number => number;

    /// <summary>The first line of its text.</summary>
    public string Name => name;

    /// <summary>The second line of its text.</summary>
    public string Type => type;

    public BoxKind Kind => kind;

    public int Row { get; set; }

    public int Column { get; set; }
}

/// <summary>A line of a drawing.</summary>
internal readonly record struct Line(Box From, Box To);

/// <summary>What a box stands for.</summary>
internal enum BoxKind
{
    /// <summary>An op.</summary>
    Op,

    /// <summary>What the caller gives.</summary>
    Given,

    /// <summary>What a cell holds, or gets.</summary>
    Held,

    /// <summary>What comes out.</summary>
    Output,
}
