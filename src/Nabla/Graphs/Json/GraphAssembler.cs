using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Graphs.Free;

namespace Nabla.Graphs.Json;

/// <summary>
/// Makes the graph of a description for given open sizes. Only types are computed: nothing but single numbers is allocated, whatever sizes a file
/// claims.
/// </summary>
/// <param name="sizes">What the open sizes are.</param>
internal sealed class GraphAssembler(IReadOnlyDictionary<string, int> sizes)
{
    private const int Depth = 8;

    private int nodeCount;

    /// <summary>The graph; its arguments are the inputs, then the parameters.</summary>
    /// <exception cref="JsonException">The description is none of a graph; the message names the node.</exception>
    public Graph Build(GraphDescription description) => Build(description, depth: 0);

    private Graph Build(GraphDescription description, int depth)
    {
        Argument[] arguments =
        [
            .. description.Inputs.Select(input => new Argument(TypeOf(input.Name, input.Type, input.Shape), input.Name)),
            .. description.Parameters.Select(parameter => new Argument(TypeOf(parameter.Name, parameter.Type, parameter.Shape), parameter.Name)),
        ];
        Dictionary<string, Value> values = [];
        foreach (Argument argument in arguments)
        {
            Add(values, argument.Name, argument);
        }

        GraphBuilder builder = new();
        foreach (JsonObject node in description.Nodes)
        {
            Build(node, values, builder, depth);
        }

        Value[] outputs = [.. description.Outputs.Select(name => Find(values, name, "the outputs"))];
        return outputs.Length > 0 ? new Graph(arguments, builder.Nodes, outputs, []) : throw new JsonException("expected an output at least, got none");
    }

    private void Build(JsonObject node, Dictionary<string, Value> values, GraphBuilder builder, int depth)
    {
        string name = Text(node, "name");
        string op = Text(node, "op");
        try
        {
            if (++nodeCount > JsonLinesConverter.Limit)
            {
                throw new JsonException($"expected at most {JsonLinesConverter.Limit} nodes, got more");
            }

            Value[] inputs = [.. Inputs(node).Select(input => Find(values, input, "it"))];
            NodeSource source = new(node, sizes, [.. inputs.Select(input => input.Type)], inner => BuildInner(inner, depth + 1));
            IReadOnlyList<Value> results = op == ScalarNode.Op ? [new Constant(ScalarNode.Read(source))] : builder.Add(OpForms.Named(op).Read(source), inputs);
            for (int index = 0; index < results.Count; index++)
            {
                RequireSize(results[index].Type);
                Add(values, index == 0 ? name : $"{name}:{index}", results[index]);
            }
        }
        catch (Exception error) when (error is JsonException or ArgumentException or OverflowException or IndexOutOfRangeException or DivideByZeroException)
        {
            throw new JsonException($"node '{name}' ({op}): {Problem(error)}", error);
        }
    }

    private Graph BuildInner(JsonObject graph, int depth)
    {
        GraphDescription description = depth <= Depth
            ? graph.Deserialize(GraphJson.Readable.GraphDescription)!
            : throw new JsonException($"expected graphs within graphs at most {Depth} deep, got more");
        return Build(description, depth);
    }

    private TensorType TypeOf(string name, string type, FreeShape shape)
    {
        if (DataTypes.Named(type) is not { } dataType || shape.SelectMany(size => size.Names).Any(size => !sizes.ContainsKey(size)))
        {
            throw new JsonException($"expected '{name}' to have a type of elements and sizes that are numbers or open, got {type} {shape}");
        }

        try
        {
            TensorType found = new(dataType, shape.At(sizes));
            RequireSize(found);
            return found;
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw new JsonException($"'{name}': {Problem(error)}", error);
        }
    }

    private static void RequireSize(TensorType type)
    {
        if (type.ByteCount > int.MaxValue)
        {
            throw new JsonException($"expected tensors of at most {int.MaxValue} bytes, got {type}");
        }
    }

    private static void Add(Dictionary<string, Value> values, string name, Value value)
    {
        if (!values.TryAdd(name, value))
        {
            throw new JsonException($"expected names that differ, got '{name}' twice");
        }
    }

    private static Value Find(Dictionary<string, Value> values, string name, string reader) => values.GetValueOrDefault(name)
        ?? throw new JsonException($"expected an input, a parameter or an earlier node for {reader} to read, got '{name}'");

    private static string Text(JsonObject node, string field) => node[field] is JsonValue value && value.GetValueKind() == JsonValueKind.String
        ? value.ToString()
        : throw new JsonException($"expected each node to have a '{field}', got {Shown(node)}");

    private static string[] Inputs(JsonObject node) => node["inputs"] is JsonArray array && array.All(input => input?.GetValueKind() == JsonValueKind.String)
        ? [.. array.Select(input => input!.ToString())]
        : throw new JsonException("expected 'inputs' to be a list of names");

    private static string Shown(JsonObject node) => node.ToJsonString() is { Length: > 80 } text ? $"{text[..80]}..." : node.ToJsonString();

    private static string Problem(Exception error) => error switch
    {
        OverflowException => "its sizes are too large",
        IndexOutOfRangeException or DivideByZeroException => "its inputs do not fit the op",
        _ => error.Message.ReplaceLineEndings(" ").TrimEnd('.'),
    };
}
