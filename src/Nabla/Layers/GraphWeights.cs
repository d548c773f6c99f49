using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Graphs.Json;

namespace Nabla.Layers;

/// <summary>Parameters of a graph that come from one module.</summary>
internal sealed class GraphWeights : Module
{
    /// <inheritdoc/>
    public override string Kind => "Weights";

    /// <summary>Adds a parameter of a graph below a module. Names keep the dots of the modules that the parameters come from.</summary>
    public static Parameter Place(Module root, ProgramParameter parameter, Tensor value)
    {
        string[] path = parameter.Name.Split('.');
        Module place = root;
        foreach (string name in path[..^1])
        {
            place = place.Children.GetValueOrDefault(name) as GraphWeights ?? place.Register(name, new GraphWeights());
        }

        return place.Register(path[^1], value, parameter.Trainable);
    }

    /// <summary>The program of a traced graph that reads a module's parameters, and the first values of its own by name.</summary>
    public static (GraphProgram Program, IReadOnlyDictionary<string, Tensor> Values) Describe(FreeGraph graph, Module module)
    {
        Dictionary<Cell, GraphTensor> cells = new(ReferenceEqualityComparer.Instance);
        foreach ((string name, Parameter parameter) in module.NamedParameters)
        {
            cells[parameter.Cell] = new GraphTensor(name, parameter.Value, parameter.Trainable);
        }

        return Describe(graph, cells);
    }

    /// <summary>The program of a graph that reads cells, and the first values of its parameters by name.</summary>
    /// <exception cref="NotSupportedException">An op has no form in a file.</exception>
    public static (GraphProgram Program, IReadOnlyDictionary<string, Tensor> Values) Describe(FreeGraph graph, IReadOnlyDictionary<Cell, GraphTensor> cells)
    {
        (GraphDescription description, IReadOnlyList<GraphTensor> tensors) = GraphWriter.Write(graph, cells);
        return (new GraphProgram(description), tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Value));
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) =>
        throw new NotSupportedException($"{Label} holds parameters of a graph, which computes with them.");
}
