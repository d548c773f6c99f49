using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Graphs.Json;
using Nabla.Graphs.Passes;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>What a network computes in use: its graph with normalisations folded into the products before them, for any batch, and its parameters.</summary>
internal sealed class InferenceGraph
{
    private const int MostRounds = 4;

    private readonly GraphProgram program;

    private InferenceGraph(GraphProgram program, IReadOnlyList<FreeName> free, IReadOnlyList<Parameter> parameters)
    {
        (this.program, Free, Parameters) = (program, free, parameters);
    }

    /// <summary>The same graph with other parameters, in the same order.</summary>
    public InferenceGraph With(IReadOnlyList<Parameter> parameters) => new(program, Free, parameters);

    /// <summary>A layer that computes the graph, with parameters of its own.</summary>
    public GraphLayer ToLayer() => GraphLayer.Of(program, Names.Zip(Parameters).ToDictionary(pair => pair.First, pair => pair.Second.Original));

    /// <summary>The sizes that stay open.</summary>
    public IReadOnlyList<FreeName> Free { get; }

    /// <summary>What is given to it.</summary>
    public FreeArgument Input => program.Inputs[0];

    /// <summary>What the arguments behind the input are, in order.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The names of the parameters, in order.</summary>
    public IReadOnlyList<string> Names => [.. program.Parameters.Select(parameter => parameter.Name)];

    /// <summary>The graph of a network; it reads the parameters of the network itself, and constants.</summary>
    /// <exception cref="NotSupportedException">What the network computes depends on the batch by more than sizes.</exception>
    public static InferenceGraph Of(Sequential network)
    {
        FreeGraph graph = FreeNetwork.Trace(network, "input", Prepare);
        Dictionary<Cell, GraphTensor> cells = new(ReferenceEqualityComparer.Instance);
        Dictionary<string, Parameter> own = [];
        foreach ((string name, Parameter parameter) in network.NamedParameters)
        {
            cells[parameter.Cell] = new GraphTensor(name, parameter.Original, parameter.Trainable);
            own[name] = parameter;
        }

        (GraphDescription description, IReadOnlyList<GraphTensor> tensors) = GraphWriter.Write(graph, cells);
        return new InferenceGraph(new GraphProgram(description), graph.Names, [.. tensors.Select(tensor => own.GetValueOrDefault(tensor.Name) ?? new Parameter(tensor.Name, tensor.Value) { Trainable = false })]);
    }

    /// <summary>The graph for inputs of a shape.</summary>
    /// <exception cref="ArgumentException">The network does not take such inputs.</exception>
    public Graph At(Shape inputs) => program.SizesOf(inputs) is { } sizes
        ? program.At(sizes)
        : throw new ArgumentException($"The network expects {Input.Shape} but got {inputs}.");

    /// <summary>A graph for a small batch, to look at.</summary>
    public Graph Some() => At(Input.Shape.At(Free.ToDictionary(free => free.Name, free => free.Largest ?? 1)));

    // Until nothing becomes simpler; nothing here is fused that a file has no form for.
    private static Graph Prepare(Graph graph)
    {
        Graph result = graph.DropDeadCode();
        for (int round = 0; round < MostRounds; round++)
        {
            result = result.Simplify().MoveTransposes().ShareCommonSubexpressions().FuseSoftmax().FuseNormalization().DropDeadCode();
            result = result.FoldInference().DropDeadCode().FuseEpilogues().DropDeadCode().PoolConvolutions().DropDeadCode();
        }

        return result;
    }
}
