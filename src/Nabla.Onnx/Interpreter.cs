using Nabla.Formats;
using Nabla.Onnx.Operators;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx;

/// <summary>
/// Computes the nodes of a graph one after the other with the ops of the library: run on concrete tensors it gives results, traced it gives a graph.
/// </summary>
internal sealed class Interpreter
{
    private const int MostDepth = 64;

    private readonly LoadedModel model;
    private readonly List<Dictionary<string, OnnxData>> scopes = [];
    private readonly int depth;

    public Interpreter(LoadedModel model, int depth = 0)
    {
        (this.model, this.depth) = (model, depth);
        if (depth > MostDepth)
        {
            throw new InvalidFileException(model.File, FilePosition.None, $"expected graphs within graphs at most {MostDepth} deep");
        }
    }

    /// <summary>The outputs of the model's graph.</summary>
    /// <param name="inputs">The inputs by name.</param>
    /// <param name="weights">Tensors that stand for weights of the model by name.</param>
    public OnnxData[] Run(IReadOnlyDictionary<string, OnnxData> inputs, IReadOnlyDictionary<string, Tensor> weights)
    {
        scopes.Add(new Dictionary<string, OnnxData>(inputs));
        Dictionary<string, OnnxData> initial = new(model.Initial);
        foreach ((string name, Tensor weight) in weights)
        {
            initial[name] = new TensorData(weight, initial[name] is TensorData { Type: var type } ? type : OnnxTypes.Of(weight.DataType));
        }

        return Compute(model.Graph, initial);
    }

    /// <summary>The outputs of a graph within a node, which sees the values around it.</summary>
    public OnnxData[] RunInner(GraphProto graph, OnnxData[] values)
    {
        if (scopes.Count > MostDepth)
        {
            throw new InvalidFileException(model.File, FilePosition.None, $"expected graphs within graphs at most {MostDepth} deep");
        }

        Dictionary<string, OnnxData> scope = [];
        for (int index = 0; index < Math.Min(values.Length, graph.Input.Count); index++)
        {
            scope[graph.Input[index].Name] = values[index];
        }

        scopes.Add(scope);
        try
        {
            return Compute(graph, graph.Initializer.ToDictionary(tensor => tensor.Name, Read));
        }
        finally
        {
            scopes.RemoveAt(scopes.Count - 1);
        }
    }

    /// <summary>The tensor of a message in the model.</summary>
    public OnnxData Read(TensorProto proto) => OnnxTensors.ReadData(proto, model.File, model.Folder);

    private OnnxData[] Compute(GraphProto graph, IReadOnlyDictionary<string, OnnxData> weights)
    {
        Dictionary<string, OnnxData> scope = scopes[^1];
        foreach ((string name, OnnxData value) in weights)
        {
            scope.TryAdd(name, value);
        }

        foreach (NodeProto node in graph.Node)
        {
            Run(node, scope);
        }

        return [.. graph.Output.Select(output => Find(output.Name) ?? throw Missing(output.Name, "the outputs"))];
    }

    private void Run(NodeProto node, Dictionary<string, OnnxData> scope)
    {
        OnnxData?[] inputs = [.. node.Input.Select(name => name.Length == 0 ? null : Find(name) ?? throw Missing(name, NodeCall.Label(node)))];
        NodeCall call = new(node, inputs, model.OpsetOf(node.Domain), this);
        OnnxData?[] results = model.FunctionOf(node) is { } function
            ? Call(function, node, inputs)
            : OperatorTable.Find(node)(call);
        for (int index = 0; index < node.Output.Count; index++)
        {
            if (node.Output[index].Length > 0)
            {
                scope[node.Output[index]] = (index < results.Length ? results[index] : null)
                    ?? throw call.Error($"gives {results.Length} results, but output {index} is asked for");
            }
        }
    }

    // A function of the model is its own world: it sees its inputs alone.
    private OnnxData[] Call(FunctionProto function, NodeProto node, OnnxData?[] inputs)
    {
        Interpreter inner = new(model, depth + 1);
        Dictionary<string, OnnxData> scope = [];
        for (int index = 0; index < Math.Min(inputs.Length, function.Input.Count); index++)
        {
            if (inputs[index] is { } value)
            {
                scope[function.Input[index]] = value;
            }
        }

        inner.scopes.Add(scope);
        GraphProto body = new();
        body.Node.AddRange(function.Node.Select(step => FunctionAttributes.Resolve(step, function, node)));
        body.Output.AddRange(function.Output.Select(name => new ValueInfoProto { Name = name }));
        return inner.Compute(body, new Dictionary<string, OnnxData>());
    }

    private OnnxData? Find(string name)
    {
        for (int index = scopes.Count - 1; index >= 0; index--)
        {
            if (scopes[index].TryGetValue(name, out OnnxData? value))
            {
                return value;
            }
        }

        return null;
    }

    private InvalidFileException Missing(string name, string reader) =>
        new(model.File, FilePosition.None, $"expected a value '{name}' for {reader}, but no input, weight or earlier node has that name");
}
