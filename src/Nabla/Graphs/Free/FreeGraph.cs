using Nabla.Ops;
using Nabla.Ops.Recurrent;

namespace Nabla.Graphs.Free;

/// <summary>
/// The graph of a function for any sizes of what it leaves open. It is traced at several; where all graphs are the same but for sizes, each size is
/// found as a sum of products of the free ones, such as <c>batch*time + 1</c>.
/// </summary>
/// <example>
/// <code>
/// FreeGraph graph = FreeGraph.Trace(
///     x => [network.Forward(x[0])], [new FreeArgument("image", DataType.Float32, ["batch", 28, 28, 1])], [new FreeName("batch")]);
/// FreeShape shape = graph.ShapeOf(graph.Graph.Outputs[0]); // [batch, 10]
/// </code>
/// </example>
internal sealed class FreeGraph
{
    private readonly FreeBindings bindings;
    private readonly FreeStructure structure;

    private FreeGraph(IReadOnlyList<Graph> graphs, FreeBindings bindings)
    {
        (this.bindings, Graph) = (bindings, graphs[^1]);
        structure = FreeStructure.Of(graphs);
    }

    /// <summary>The graph at the largest sizes: what all questions name nodes and values by.</summary>
    public Graph Graph { get; }

    /// <summary>The free sizes.</summary>
    public IReadOnlyList<FreeName> Names => bindings.Names;

    /// <summary>The sizes that <see cref="Graph"/> was traced at.</summary>
    public IReadOnlyDictionary<string, int> Largest => bindings.All[^1];

    /// <summary>Traces a function.</summary>
    /// <param name="function">Computes tensors from tensors.</param>
    /// <param name="arguments">What it is given; free sizes in their shapes are of <paramref name="names"/>.</param>
    /// <param name="names">The sizes that stay open; none for a graph of fixed sizes.</param>
    /// <param name="passes">Rewrites each graph before they are compared; null for nothing.</param>
    /// <exception cref="NotSupportedException">What it computes depends on the free sizes by more than sizes.</exception>
    /// <exception cref="ArgumentException">The function does not take such arguments.</exception>
    public static FreeGraph Trace(
        Func<Tensor[], Tensor[]> function, IReadOnlyList<FreeArgument> arguments, IReadOnlyList<FreeName> names, Func<Graph, Graph>? passes = null)
    {
        NotSupportedException? difference = null;
        foreach (FreeBindings bindings in FreeBindings.Candidates(names))
        {
            try
            {
                return new FreeGraph([.. bindings.All.Select(sizes => TraceAt(sizes))], bindings);
            }
            catch (Exception error) when (error is NotSupportedException || (error is ArgumentException && difference is not null))
            {
                difference ??= error as NotSupportedException;
            }
        }

        throw difference!;

        Graph TraceAt(IReadOnlyDictionary<string, int> sizes)
        {
            Graph graph = Tracer.Trace(function, [.. arguments.Select(argument => (argument.Name, argument.At(sizes)))]);
            return passes is null ? graph : passes(graph);
        }
    }

    /// <summary>The shape of a value.</summary>
    /// <exception cref="NotSupportedException">A size is no sum of products of the free ones.</exception>
    public FreeShape ShapeOf(Value value) => Shape([.. structure.Of(value).Select(same => same.Type.Shape)], value.Origin);

    /// <summary>Whether a value has the same shape for all free sizes.</summary>
    public bool HasFixedShape(Value value) => structure.Of(value).All(same => same.Type == value.Type);

    /// <summary>Whether an op is the same for all free sizes; a scan never counts as such while anything is free.</summary>
    public bool HasFixedOp(Node node) => structure.Of(node).All(same => same.Op.Equals(node.Op));

    /// <summary>A shape that is an attribute of an op, such as where a slice begins.</summary>
    /// <exception cref="NotSupportedException">A size is no sum of products of the free ones.</exception>
    public FreeShape ShapeOf<TOp>(Node node, Func<TOp, Shape> attribute)
        where TOp : Op => Shape([.. structure.Of(node).Select(same => attribute((TOp)same.Op))], node.Op.Name);

    /// <summary>A number that is an attribute of an op.</summary>
    /// <exception cref="NotSupportedException">It is no sum of products of the free sizes.</exception>
    public FreeSize SizeOf<TOp>(Node node, Func<TOp, int> attribute)
        where TOp : Op => Size([.. structure.Of(node).Select(same => (long)attribute((TOp)same.Op))], node.Op.Name);

    /// <summary>What a constant is for any sizes.</summary>
    /// <exception cref="NotSupportedException">It depends on them in a way that there is no form for.</exception>
    public FreeConstant ConstantOf(Constant constant) =>
        FreeConstants.Of([.. structure.Of(constant).Select(same => ((Constant)same).Tensor)], ShapeOf(constant), bindings);

    /// <summary>The step of a scan.</summary>
    /// <exception cref="NotSupportedException">What it computes depends on the free sizes by more than sizes.</exception>
    public FreeGraph StepOf(Node scan) => new([.. structure.Of(scan).Select(same => ((Scan)same.Op).Step.Graph)], bindings);

    private FreeShape Shape(Shape[] shapes, string origin) => Array.TrueForAll(shapes, shape => shape.Rank == shapes[^1].Rank)
        ? [.. Enumerable.Range(0, shapes[^1].Rank).Select(axis => Size([.. shapes.Select(shape => (long)shape[axis])], origin))]
        : throw new NotSupportedException($"{origin} has other axes for other free sizes: {string.Join(", ", shapes.Distinct())}. Give fixed sizes.");

    private FreeSize Size(long[] values, string origin) => bindings.Fit(values) ?? throw new NotSupportedException(
        $"A size of {origin} is no sum of products of the free sizes: it is {string.Join(", ", values.Select((value, index) => $"{value} for {Describe(index)}"))}. Give fixed sizes.");

    private string Describe(int binding) => string.Join(" and ", bindings.All[binding].Select(pair => $"{pair.Key} {pair.Value}"));
}
