using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Graphs.Json;
using Nabla.Graphs.Passes;

namespace Nabla.Layers;

/// <summary>
/// What a function of several tensors computes, as a graph with its parameters: a model with more than one input or output, or without a batch. Trained
/// further, it computes as in use, like a <see cref="GraphLayer"/>. <see cref="Formats.SavedGraph"/> makes a model folder of it.
/// </summary>
/// <example>
/// <code>
/// GraphInput[] inputs = [new("question", DataType.Float32, "batch", 64), new("answer", DataType.Float32, "batch", 64)];
/// GraphNetwork network = GraphNetwork.Trace(encoder, x => [(encoder.Forward(x[0]) * encoder.Forward(x[1])).Sum([1])], inputs, ["score"]);
/// Tensor score = network.Compute(question, answer)[0];
/// </code>
/// </example>
public sealed class GraphNetwork : Module
{
    private readonly List<Parameter> parameters = [];

    /// <summary>A network of a program.</summary>
    /// <param name="program">What it computes.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <param name="stored">The value of a parameter by name and type, or an error.</param>
    /// <exception cref="ArgumentException">The outputs are not those of the program.</exception>
    internal GraphNetwork(GraphProgram program, IReadOnlyList<GraphOutput> outputs, Func<string, TensorType, Tensor> stored)
    {
        Program = program;
        Inputs = [.. program.Inputs.Select(Describe)];
        Outputs = [.. outputs];
        RequireOutputs();
        foreach (ProgramParameter parameter in program.Parameters)
        {
            Tensor value = stored(parameter.Name, parameter.Type);
            parameters.Add(value.Type == parameter.Type
                ? GraphWeights.Place(this, parameter, value)
                : throw new ArgumentException($"{Kind} expects '{parameter.Name}' {parameter.Type} but got {value.Type}."));
        }
    }

    /// <summary>What goes in, in order.</summary>
    public IReadOnlyList<GraphInput> Inputs { get; }

    /// <summary>What comes out, in order.</summary>
    public IReadOnlyList<GraphOutput> Outputs { get; }

    /// <summary>How many nodes of each op it has, by the names of the ops in order.</summary>
    public IReadOnlyDictionary<string, int> Ops => new SortedDictionary<string, int>(
        Program.Description.Nodes.GroupBy(node => node["op"]!.ToString()).ToDictionary(same => same.Key, same => same.Count()), StringComparer.Ordinal);

    /// <summary>What it computes.</summary>
    internal GraphProgram Program { get; }

    /// <summary>Traces a function.</summary>
    /// <param name="module">The module whose parameters the function reads; the network has parameters of its own with its names and values.</param>
    /// <param name="function">Computes tensors from tensors. Other tensors that it captures are constants.</param>
    /// <param name="inputs">What it is given.</param>
    /// <param name="outputs">The names of what it gives; null for <c>output</c>, or <c>output0</c> and so on.</param>
    /// <exception cref="NotSupportedException">What it computes depends on the open sizes by more than sizes.</exception>
    /// <exception cref="ArgumentException">The function does not take such inputs, or names are missing or not different.</exception>
    public static GraphNetwork Trace(Module module, Func<Tensor[], Tensor[]> function, IReadOnlyList<GraphInput> inputs, IReadOnlyList<string>? outputs = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        FreeGraph graph = FreeInputs.Trace(function, inputs, traced => traced.DropDeadCode());
        IReadOnlyList<Value> results = graph.Graph.Outputs;
        IReadOnlyList<string> names = outputs ?? (results.Count == 1 ? ["output"] : [.. results.Select((_, index) => $"output{index}")]);
        if (names.Count != results.Count)
        {
            throw new ArgumentException($"The function gives {results.Count} outputs but got {names.Count} names for them.", nameof(outputs));
        }

        (GraphProgram program, IReadOnlyDictionary<string, Tensor> values) = GraphWeights.Describe(graph, module);
        GraphOutput[] described = [.. names.Zip(results, (name, result) => new GraphOutput(name, result.Type.DataType, graph.ShapeOf(result)))];
        return new GraphNetwork(program, described, (name, _) => values[name]);
    }

    /// <summary>The outputs for inputs in order; a tape or a tracer that listens sees the ops.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit; the message says what is expected.</exception>
    public Tensor[] Compute(params Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        bool fits = inputs.Length == Inputs.Count && inputs.Zip(Inputs).All(pair => pair.First.DataType == pair.Second.Type);
        return fits && Program.SizesOf([.. inputs.Select(input => input.Shape)]) is { } sizes
            ? Program.At(sizes).Replay([.. inputs, .. parameters.Select(parameter => parameter.Value)])
            : throw new ArgumentException($"{Label} expects {string.Join(", ", Inputs)} but got {string.Join(", ", inputs.Select(input => input.Type))}.");
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => Inputs.Count == 1 && Outputs.Count == 1
        ? Compute([input])[0]
        : throw new InvalidOperationException($"{Label} has {Inputs.Count} inputs and {Outputs.Count} outputs, and a forward pass has one of each: use Compute.");

    private GraphInput Describe(FreeArgument input) => new(input.Name, input.DataType, [.. input.Shape.Select(Describe)]);

    private GraphSize Describe(FreeSize size) => size.Fixed is { } number ? number
        : Program.Description.Free.Single(free => free.Name == size.Name).Largest is { } largest ? GraphSize.UpTo(size.Name!, largest)
        : size.Name!;

    // What a file says about outputs holds at some sizes at least; what comes out has the sizes that it has.
    private void RequireOutputs()
    {
        string[] names = [.. Outputs.Select(output => output.Name)];
        if (names.Any(string.IsNullOrEmpty) || names.Distinct().Count() < names.Length)
        {
            throw new ArgumentException($"expected outputs of different names, got [{string.Join(", ", names)}]");
        }

        TensorType[] given = [.. Program.SomeGraph.Outputs.Select(output => output.Type)];
        if (!given.SequenceEqual(Outputs.Select(output => new TensorType(output.Type, output.Shape.At(Program.SomeSizes)))))
        {
            throw new ArgumentException($"expected outputs {string.Join(", ", given)} as the graph has for some sizes, got {string.Join(", ", Outputs)}");
        }
    }
}
