using System.Text.Json;
using Nabla.Graphs.Free;

namespace Nabla.Graphs.Json;

/// <summary>A parameter of a saved graph.</summary>
internal sealed record ProgramParameter(string Name, TensorType Type, bool Trainable);

/// <summary>A graph that came from a description, ready to be made for any open sizes.</summary>
internal sealed class GraphProgram
{
    private const int SomeSize = 2;

    private Prepared? latest;

    /// <summary>Checks a description, at some sizes.</summary>
    /// <exception cref="JsonException">It is none of a graph; the message names the node.</exception>
    public GraphProgram(GraphDescription description)
    {
        Description = description;
        RequireWhole();
        RequireFree();
        SomeSizes = description.Free.ToDictionary(free => free.Name, free => free.Largest ?? SomeSize);
        Graph graph = SomeGraph = new GraphAssembler(SomeSizes).Build(description);
        latest = new Prepared(SomeSizes, graph);
        Inputs = [.. description.Inputs.Zip(graph.Arguments, (input, argument) => new FreeArgument(input.Name, argument.Type.DataType, input.Shape))];
        Parameters = [.. description.Parameters.Zip(graph.Arguments.Skip(Inputs.Count), (parameter, argument) => new ProgramParameter(parameter.Name, argument.Type, parameter.Trainable ?? true))];
    }

    /// <summary>What it is made of.</summary>
    public GraphDescription Description { get; }

    /// <summary>The sizes that it was checked at.</summary>
    public IReadOnlyDictionary<string, int> SomeSizes { get; }

    /// <summary>The graph at <see cref="SomeSizes"/>.</summary>
    public Graph SomeGraph { get; }

    /// <summary>What each run is given, in order.</summary>
    public IReadOnlyList<FreeArgument> Inputs { get; }

    /// <summary>The tensors that it reads, in order.</summary>
    public IReadOnlyList<ProgramParameter> Parameters { get; }

    /// <summary>The open sizes of inputs; null where a shape is none that the graph takes.</summary>
    public IReadOnlyDictionary<string, int>? SizesOf(params IReadOnlyList<Shape> inputs)
    {
        Dictionary<string, int> sizes = [];
        foreach ((FreeArgument input, Shape shape) in Inputs.Zip(inputs))
        {
            bool fits = input.Shape.Count == shape.Rank && input.Shape.Zip(shape).All(pair => pair.First.Fixed is { } size ? size == pair.Second : Bind(pair.First.Name!, pair.Second));
            if (!fits)
            {
                return null;
            }
        }

        return sizes;

        bool Bind(string name, int size) => sizes.TryAdd(name, size)
            ? Description.Free.Single(free => free.Name == name).Largest is not { } largest || size <= largest
            : sizes[name] == size;
    }

    /// <summary>The graph for given open sizes; its arguments are the inputs, then the parameters.</summary>
    /// <exception cref="ArgumentException">The graph cannot be made for them.</exception>
    public Graph At(IReadOnlyDictionary<string, int> sizes)
    {
        if (latest is { } known && known.Sizes.Count == sizes.Count && known.Sizes.All(pair => sizes.GetValueOrDefault(pair.Key) == pair.Value))
        {
            return known.Graph;
        }

        try
        {
            Prepared made = new(sizes, new GraphAssembler(sizes).Build(Description));
            latest = made;
            return made.Graph;
        }
        catch (JsonException error)
        {
            string given = string.Join(" and ", sizes.Select(pair => $"{pair.Key} {pair.Value}"));
            throw new ArgumentException($"The graph cannot be computed for {given}: {error.Message}.", error);
        }
    }

    private void RequireWhole()
    {
        bool hasNull = Description.Free.Contains(null!) || Description.Inputs.Contains(null!) || Description.Parameters.Contains(null!) || Description.Outputs.Contains(null!);
        if (hasNull)
        {
            throw new JsonException("expected no null among open sizes, inputs, parameters and outputs");
        }
    }

    private void RequireFree()
    {
        string[] names = [.. Description.Free.Select(free => free.Name)];
        if (names.Distinct().Count() != names.Length || Description.Free.Any(free => free.Largest < 1))
        {
            throw new JsonException("expected open sizes of different names, the largest of each 1 at least");
        }

        if (Description.Inputs.SelectMany(input => input.Shape).FirstOrDefault(size => size.Fixed is null && (size.Name is null || !names.Contains(size.Name))) is { } wrong)
        {
            throw new JsonException($"expected sizes of inputs that are numbers or one of the open sizes {string.Join(", ", names)}, got '{wrong}'");
        }
    }

    private sealed record Prepared(IReadOnlyDictionary<string, int> Sizes, Graph Graph);
}
