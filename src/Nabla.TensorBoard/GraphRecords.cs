using Nabla.Graphs;
using Nabla.TensorBoard.Protos;

namespace Nabla.TensorBoard;

/// <summary>A graph in the form that TensorBoard draws: a named node for each op, argument, parameter and constant.</summary>
internal sealed class GraphRecords
{
    private const int Producer = 22;
    private readonly GraphDefinition definition = new() { Versions = new GraphDefinition.Types.Versions { Producer = Producer } };
    private readonly Dictionary<object, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, int> taken = [];

    /// <summary>The graph's definition.</summary>
    public static GraphDefinition Of(Graph graph)
    {
        GraphRecords records = new();
        foreach (Argument argument in graph.Arguments)
        {
            records.Add(argument, "Placeholder", argument.Name, [argument.Type], []);
        }

        foreach (Node node in graph.Nodes)
        {
            string[] inputs = [.. node.Inputs.Select(records.NameOf)];
            records.Add(node, node.Op.Name, node.Op.Name, [.. node.Results.Select(result => result.Type)], inputs);
        }

        foreach (Value output in graph.Outputs)
        {
            records.Add(new object(), "Identity", "output", [output.Type], [records.NameOf(output)]);
        }

        return records.definition;
    }

    private string NameOf(Value value) => value switch
    {
        Result { Index: 0 } result => names[result.Node],
        Result result => $"{names[result.Node]}:{result.Index}",
        CellValue cell => Known(cell.Cell, "Parameter", cell.Cell.Name.Replace('.', '/'), value.Type),
        Constant constant => Known(constant, "Const", "constant", value.Type),
        _ => names[value],
    };

    private string Known(object key, string op, string name, TensorType type) =>
        names.TryGetValue(key, out string? known) ? known : Add(key, op, name, [type], []);

    private string Add(object key, string op, string name, IReadOnlyList<TensorType> types, IReadOnlyList<string> inputs)
    {
        NodeDefinition node = new() { Name = Unique(Legal(name)), Op = op };
        node.Input.AddRange(inputs);
        node.Attr["T"] = new Protos.Attribute { Type = Number(types[0].DataType) };
        Protos.Attribute.Types.List shapes = new();
        shapes.Shape.AddRange(types.Select(type => ShapeOf(type.Shape)));
        node.Attr["_output_shapes"] = new Protos.Attribute { List = shapes };
        definition.Node.Add(node);
        return names[key] = node.Name;
    }

    private static TensorShape ShapeOf(Shape shape)
    {
        TensorShape record = new();
        record.Dim.AddRange(shape.Select(size => new TensorShape.Types.Dim { Size = size }));
        return record;
    }

    // The numbers of TensorFlow's types.proto.
    private static int Number(DataType type) => type switch
    {
        DataType.Float32 => 1,
        DataType.Float64 => 2,
        DataType.Int32 => 3,
        DataType.UInt8 => 4,
        DataType.Int8 => 6,
        DataType.Int64 => 9,
        DataType.Bool => 10,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Expected a type that TensorFlow has a number for."),
    };

    private static string Legal(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '/' or '-' ? letter : '_')).TrimStart('_', '/', '-');

    private string Unique(string name)
    {
        int count = taken[name] = taken.GetValueOrDefault(name) + 1;
        return count == 1 ? name : Unique($"{name}_{count - 1}");
    }
}
