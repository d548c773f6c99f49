using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Graphs.Free;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Json;

/// <summary>A tensor that a saved graph reads, with the name that it has among the weights.</summary>
internal sealed record GraphTensor(string Name, Tensor Value, bool Trainable);

/// <summary>Describes a graph, whose sizes may be open, in JSON. Tensors of more than one number are named and stand among the weights.</summary>
internal sealed class GraphWriter
{
    private readonly FreeGraph graph;
    private readonly Dictionary<Value, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly List<JsonObject> nodes = [];
    private readonly Func<Tensor, string> store;
    private readonly string prefix;

    private GraphWriter(FreeGraph graph, IEnumerable<string> arguments, string prefix, Func<Tensor, string> store)
    {
        (this.graph, this.prefix, this.store) = (graph, prefix, store);
        foreach ((Argument argument, string name) in graph.Graph.Arguments.Zip(arguments))
        {
            names[argument] = name;
        }
    }

    /// <summary>Describes the graph of a network.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="parameters">What the cells that it reads are called.</param>
    /// <returns>The description, and the tensors that it reads: the parameters, then constants.</returns>
    /// <exception cref="NotSupportedException">An op has no form, or depends on open sizes in no simple way.</exception>
    public static (GraphDescription Description, IReadOnlyList<GraphTensor> Tensors) Write(FreeGraph graph, IReadOnlyDictionary<Cell, GraphTensor> parameters)
    {
        string[] arguments = [.. graph.Graph.Arguments.Select(argument => argument.Name)];
        OrderedDictionary<string, GraphTensor> tensors = [];
        string[] taken = [.. arguments, .. parameters.Values.Select(parameter => parameter.Name)];
        string constants = Unused("constants", taken);
        GraphWriter writer = new(graph, arguments, Unused("n", taken), tensor => Store(tensor, constants, tensors));
        foreach (CellValue cell in writer.Reads<CellValue>())
        {
            GraphTensor parameter = parameters.GetValueOrDefault(cell.Cell) ?? throw new NotSupportedException(
                $"The function reads '{cell.Cell.Name}', which is no parameter of the module.");
            tensors[parameter.Name] = parameter;
            writer.names[cell] = parameter.Name;
        }

        GraphDescription described = writer.Describe();
        GraphDescription whole = described with
        {
            Free = [.. graph.Names.Select(name => new FreeDescription(name.Name, name.Largest))],
            Parameters = [.. tensors.Values.Select(Describe)],
        };
        return (whole, [.. tensors.Values]);
    }

    private static ParameterDescription Describe(GraphTensor tensor) =>
        new(tensor.Name, tensor.Value.DataType.Label, [.. tensor.Value.Shape.Select(size => (FreeSize)size)], tensor.Trainable ? null : false);

    // Longer until nothing begins with it.
    private static string Unused(string prefix, string[] taken) =>
        Array.Exists(taken, name => name.StartsWith(prefix, StringComparison.Ordinal)) ? Unused($"_{prefix}", taken) : prefix;

    private static string Store(Tensor tensor, string constants, OrderedDictionary<string, GraphTensor> tensors)
    {
        GraphTensor? known = tensors.Values.FirstOrDefault(stored => ReferenceEquals(stored.Value, tensor));
        GraphTensor stored = known ?? new GraphTensor($"{constants}.{tensors.Count}", tensor, Trainable: false);
        tensors[stored.Name] = stored;
        return stored.Name;
    }

    private IEnumerable<TValue> Reads<TValue>()
        where TValue : Value => graph.Graph.Nodes.SelectMany(node => node.Inputs).Concat(graph.Graph.Outputs).OfType<TValue>().Distinct();

    private GraphDescription Describe()
    {
        ValueDescription[] inputs = [.. graph.Graph.Arguments.Select(argument => new ValueDescription(names[argument], argument.Type.DataType.Label, graph.ShapeOf(argument)))];
        foreach (Node node in graph.Graph.Nodes)
        {
            Describe(node);
        }

        string[] outputs = [.. graph.Graph.Outputs.Select(NameOf)];
        return new GraphDescription { Inputs = inputs, Nodes = nodes, Outputs = outputs };
    }

    private void Describe(Node node)
    {
        OpForm form = OpForms.Of(node.Op) ?? throw new NotSupportedException($"The op {node.Op.Name} cannot be saved: a network does not compute with it in use.");
        JsonArray inputs = new([.. node.Inputs.Select(input => (JsonNode)NameOf(input))]);
        JsonObject json = Start(form.Name, inputs, out string name);
        form.Write(graph, node, json, () => DescribeStep(node, inputs));
        foreach (Result result in node.Results)
        {
            names[result] = ResultName(name, result.Index);
        }
    }

    // What a step stores beyond what it was given becomes a further input of the scan.
    private JsonObject DescribeStep(Node node, JsonArray inputs)
    {
        FreeGraph step = graph.StepOf(node);
        OrderedDictionary<string, (string Local, Tensor Tensor)> captured = [];
        string[] arguments = [.. step.Graph.Arguments.Select((_, index) => $"a{index}")];
        GraphDescription inner = new GraphWriter(step, arguments, "n", Capture).Describe();
        foreach ((string outer, (string local, Tensor tensor)) in captured)
        {
            inputs.Add((JsonNode)outer);
            inner = inner with { Inputs = [.. inner.Inputs, new ValueDescription(local, tensor.DataType.Label, [.. tensor.Shape.Select(size => (FreeSize)size)])] };
        }

        return JsonSerializer.SerializeToNode(inner, GraphJson.Readable.GraphDescription)!.AsObject();

        string Capture(Tensor tensor)
        {
            string outer = store(tensor);
            captured.TryAdd(outer, ($"a{arguments.Length + captured.Count}", tensor));
            return captured[outer].Local;
        }
    }

    private JsonObject Start(string op, JsonArray inputs, out string name)
    {
        name = $"{prefix}{nodes.Count}";
        JsonObject json = new() { ["op"] = op, ["name"] = name, ["inputs"] = inputs };
        nodes.Add(json);
        return json;
    }

    private static string ResultName(string node, int index) => index == 0 ? node : $"{node}:{index}";

    private string NameOf(Value value)
    {
        if (!names.TryGetValue(value, out string? name))
        {
            names[value] = name = Describe(graph.ConstantOf((Constant)value));
        }

        return name;
    }

    private string Describe(FreeConstant constant) => constant switch
    {
        FreeFill fill => Repeat(Scalar(fill.Type, SizeText.ToJson(fill.Number.Size), fill.Number.Inverse), fill.Shape, known: null),
        FreeBlock block when Uniform(block.Tensor) is { } number => Repeat(Scalar(block.Type, NumberText.ToJson(number), inverse: false), block.Shape, known: null),
        FreeBlock block => Repeat(Cut(store(block.Tensor), block), block.Shape, block.Tensor.Shape),
        _ => throw new NotSupportedException($"A constant of {constant.Type.Label}{constant.Shape} cannot be saved."),
    };

    private string Scalar(DataType type, JsonNode value, bool inverse)
    {
        JsonObject json = Start(ScalarNode.Op, [], out string name);
        json["type"] = type.Label;
        json["value"] = value;
        if (inverse)
        {
            json["inverse"] = true;
        }

        return name;
    }

    // The number that all elements are, if it keeps its bits as a double.
    private static double? Uniform(Tensor tensor)
    {
        if (tensor.ElementCount == 0)
        {
            return 0;
        }

        double number = tensor.Reshape(-1).Slice(0, 0, 1).Reshape([]).ToDouble();
        return Tensor.Full(tensor.Shape, number, tensor.DataType).AsBytes().SequenceEqual(tensor.AsBytes()) ? number : null;
    }

    private string Cut(string name, FreeBlock block)
    {
        FreeSize[] sizes = [.. block.Shape.Select((size, axis) => block.Tensor.Shape[axis] == 1 ? 1 : size)];
        if (sizes.Zip(block.Tensor.Shape).All(pair => pair.First.Fixed == pair.Second))
        {
            return name;
        }

        JsonObject json = Start(nameof(Slice), new JsonArray((JsonNode)name), out string cut);
        json["start"] = new JsonArray([.. sizes.Select(_ => (JsonNode)0)]);
        json["size"] = new JsonArray([.. sizes.Select(SizeText.ToJson)]);
        json["step"] = new JsonArray([.. sizes.Select(_ => (JsonNode)1)]);
        return cut;
    }

    private string Repeat(string name, FreeShape shape, Shape? known)
    {
        if (known is null ? shape.Count == 0 : shape.Zip(known).All(pair => pair.First.Fixed == pair.Second || (pair.First.Fixed is null && pair.Second != 1)))
        {
            return name;
        }

        JsonObject json = Start(nameof(BroadcastTo), new JsonArray((JsonNode)name), out string repeated);
        json["shape"] = SizeText.ToJson(shape);
        return repeated;
    }
}
