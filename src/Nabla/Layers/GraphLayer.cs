using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Graphs.Json;
using Nabla.Graphs.Passes;

namespace Nabla.Layers;

/// <summary>
/// What a module computes in use, as one layer: the graph of its ops, traced, with its parameters. A model file keeps the graph in <c>graph.json</c>, so that
/// it loads without the classes that made it. Trained further, it computes as in use: nothing is dropped, batch normalisation keeps the means
/// and variances that it has, and gradients change the parameters that were trainable.
/// </summary>
/// <example>
/// <code>
/// GraphLayer layer = GraphLayer.Trace(new GatedUnit(3, 4, RandomKey.FromSeed(1)), [3]);
/// ModelFolder.Save("gated", new SavedModel("gated", new Sequential([3], seed: 0, layer)));
/// </code>
/// </example>
public sealed class GraphLayer : Layer
{
    private readonly GraphProgram program;
    private readonly IReadOnlyDictionary<string, Tensor> values;
    private readonly List<Parameter> parameters = [];

    private GraphLayer(GraphProgram program, IReadOnlyDictionary<string, Tensor> values)
    {
        (this.program, this.values) = (program, values);
        if (program.Inputs is not [{ Shape.Count: > 0 }])
        {
            throw new ArgumentException($"{Kind} expects a graph of one input with a batch as first axis, got {program.Inputs.Count} inputs.");
        }
    }

    /// <inheritdoc/>
    public override DataType InputType => program.Inputs[0].DataType;

    /// <summary>The type of the outputs.</summary>
    public DataType OutputType => GraphFor(Unbatched).Outputs[0].Type.DataType;

    /// <summary>The number of samples that the graph was traced for; null where any number will do. With one, samples are computed one by one.</summary>
    public int? BatchSize => program.Inputs[0].Shape[0].Fixed;

    /// <summary>The graph, for any open sizes.</summary>
    internal GraphProgram Program => program;

    /// <summary>Traces what a module computes in use.</summary>
    /// <param name="module">The module; the layer has parameters of its own with its names and values.</param>
    /// <param name="input">The shape of one input, without the batch.</param>
    /// <param name="inputType">The type of the inputs.</param>
    /// <exception cref="NotSupportedException">What it computes depends on the size of the batch by more than sizes: use <see cref="TraceSingle"/>.</exception>
    public static GraphLayer Trace(Module module, Shape input, DataType inputType = DataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Trace(module, inputType, [.. input.Select(size => (GraphSize)size)]);
    }

    /// <summary>Traces what a module computes in use for inputs whose further sizes may be open too, such as the steps of a sequence.</summary>
    /// <param name="module">The module; the layer has parameters of its own with its names and values.</param>
    /// <param name="inputType">The type of the inputs.</param>
    /// <param name="input">The sizes of one input, without the batch; in a network an open one stands for its largest.</param>
    /// <exception cref="NotSupportedException">What it computes depends on the open sizes by more than sizes.</exception>
    /// <example><code>GraphLayer layer = GraphLayer.Trace(encoder, DataType.Int32, GraphSize.UpTo("time", 128));</code></example>
    public static GraphLayer Trace(Module module, DataType inputType, params IReadOnlyList<GraphSize> input)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(input);
        GraphInput batch = new("input", inputType, [FreeName.Batch, .. input]);
        return Trace(module, FreeInputs.Shape(batch.Sizes), inputType, FreeInputs.Names([batch]));
    }

    /// <summary>Traces what a module computes in use for one sample at a time.</summary>
    /// <inheritdoc cref="Trace(Module, Shape, DataType)"/>
    public static GraphLayer TraceSingle(Module module, Shape input, DataType inputType = DataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(input);
        return Trace(module, [1, .. input.Select(size => (FreeSize)size)], inputType, []);
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Shape batch = [BatchSize ?? 1, .. input];
        Shape output = program.SizesOf(batch) is { } sizes ? program.At(sizes).Outputs[0].Type.Shape : throw Unfit(Expected, input);
        return output.Rank > 0 && output[0] == batch[0]
            ? output.Without(0)
            : throw new ArgumentException($"{Label} expects a graph whose output has the batch as first axis, got {output} for {batch}.");
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input)
    {
        Graph graph = GraphFor(input);
        double sum = graph.Nodes.Sum(node => node.Op.MultiplyAdds([.. node.Inputs.Select(value => value.Type)], [.. node.Results.Select(result => result.Type)]));
        return (long)(sum / (BatchSize ?? 1));
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["graph"] = JsonSerializer.SerializeToNode(program.Description, GraphJson.Readable.GraphDescription) };

    /// <inheritdoc/>
    internal override long OwnMultiplyAdds(Shape input) => MultiplyAdds(input);

    /// <summary>A layer as it was described.</summary>
    internal static GraphLayer Create(JsonAttributes attributes) => new(
        new GraphProgram(attributes.Object("graph").Deserialize(GraphJson.Readable.GraphDescription)!), new Dictionary<string, Tensor>());

    /// <summary>A layer of a program, with the first values of its parameters by name.</summary>
    internal static GraphLayer Of(GraphProgram program, IReadOnlyDictionary<string, Tensor> values) => new(program, values);

    /// <summary>A layer of a graph.</summary>
    /// <param name="graph">The graph, of one input.</param>
    /// <param name="cells">The names and values of the cells that it reads.</param>
    /// <exception cref="NotSupportedException">An op has no form in a file.</exception>
    internal static GraphLayer Of(FreeGraph graph, IReadOnlyDictionary<Cell, GraphTensor> cells)
    {
        (GraphProgram program, IReadOnlyDictionary<string, Tensor> values) = GraphWeights.Describe(graph, cells);
        return new GraphLayer(program, values);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.DataType != InputType || input.Rank == 0)
        {
            throw new ArgumentException($"{Label} expects {InputType.Label} {Expected} but got {input.Type}.");
        }

        return BatchSize is { } size && size != input.Shape[0] && size == 1
            ? ShapeOps.Concatenate(0, [.. Enumerable.Range(0, input.Shape[0]).Select(sample => Replay(input.Slice(0, sample, 1)))])
            : Replay(input);
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        foreach (ProgramParameter parameter in program.Parameters)
        {
            parameters.Add(GraphWeights.Place(this, parameter, FirstValue(parameter)));
        }
    }

    private static GraphLayer Trace(Module module, FreeShape shape, DataType inputType, IReadOnlyList<FreeName> free)
    {
        FreeGraph graph = FreeGraph.Trace(inputs => [module.Forward(inputs[0])], [new FreeArgument("input", inputType, shape)], free, traced => traced.DropDeadCode());
        FreeShape output = graph.ShapeOf(graph.Graph.Outputs[0]);
        if (output.Count == 0 || !output[0].Equals(shape[0]))
        {
            throw new NotSupportedException($"{module.Label} gives {output} for {shape}: expected the batch as first axis.");
        }

        (GraphProgram program, IReadOnlyDictionary<string, Tensor> values) = GraphWeights.Describe(graph, module);
        return new GraphLayer(program, values);
    }

    private string Expected => Batched([.. Unbatched]);

    private Shape Unbatched => [.. program.Inputs[0].Shape.Skip(1).Select(size => size.Fixed ?? program.Description.Free.Single(free => free.Name == size.Name).Largest ?? 1)];

    private Graph GraphFor(Shape input) => program.SizesOf([BatchSize ?? 1, .. input]) is { } sizes ? program.At(sizes) : throw Unfit(Expected, input);

    private Tensor Replay(Tensor input) => program.SizesOf(input.Shape) is { } sizes
        ? program.At(sizes).Replay([input, .. parameters.Select(parameter => parameter.Value)])[0]
        : throw Unfit(Expected, input);

    // A stored value is asked for by its type, so that no file makes us allocate more than it holds.
    private Tensor FirstValue(ProgramParameter parameter)
    {
        Tensor value = Stored?.Invoke(Path.Length == 0 ? parameter.Name : $"{Path}.{parameter.Name}", parameter.Type)
            ?? values.GetValueOrDefault(parameter.Name)
            ?? Tensor.Zeros(parameter.Type.Shape, parameter.Type.DataType);
        return value.Type == parameter.Type ? value : throw new ArgumentException($"{Label} expects '{parameter.Name}' {parameter.Type} but got {value.Type}.");
    }
}
