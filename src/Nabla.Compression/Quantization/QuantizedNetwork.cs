using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Graphs.Json;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Ops.Recurrent;
using Reshape = Nabla.Ops.Shapes.Reshape;

namespace Nabla.Compression;

/// <summary>
/// Makes the graph whose products read bytes: each product is that of two dequantised sides, which a compiled graph computes in integers. Where an
/// activation is made it is quantised once; a change of shape works on its bytes. Recurrent networks round their states and read a dequantised kernel.
/// </summary>
internal sealed class QuantizedNetwork
{
    private const string ScaleSuffix = "_scale";

    private readonly InferenceGraph network;
    private readonly IReadOnlyDictionary<ValuePlace, AffineRange>? ranges;
    private readonly QuantizationOptions options;
    private readonly Dictionary<int, SiteCells> sites;
    private readonly Dictionary<int, WeightCells> recurrences = [];
    private readonly Dictionary<int, WeightCells> embeddings = [];
    private readonly List<(Cell Cell, string Name, bool Trainable)> cells = [];

    private QuantizedNetwork(
        InferenceGraph network, IReadOnlyDictionary<ProductSite, QuantizedWeight> weights, IReadOnlyDictionary<ValuePlace, AffineRange>? ranges, QuantizationOptions options)
    {
        (this.network, this.ranges, this.options) = (network, ranges, options);
        foreach ((string name, Parameter parameter) in network.Names.Zip(network.Parameters))
        {
            cells.Add((parameter.Cell, name, parameter.Trainable));
        }

        sites = weights.ToDictionary(pair => pair.Key.Index, pair => new SiteCells(
            pair.Key,
            New(pair.Key.Name, pair.Value.Values, trainable: false),
            New(pair.Key.Name + ScaleSuffix, pair.Value.Scale, trainable: false),
            pair.Key.Bias is { } bias ? New(pair.Key.BiasName, bias, trainable: true) : null));
    }

    /// <summary>The network of integers whose ranges are found when it runs.</summary>
    /// <param name="network">The network of floats.</param>
    /// <param name="plan">What becomes integers.</param>
    /// <param name="options">How weights are scaled.</param>
    public static GraphLayer Build(InferenceGraph network, QuantizationPlan plan, QuantizationOptions options)
    {
        QuantizedNetwork quantized = new(network, Quantizer.Weights(plan.Sites, options), ranges: null, options);
        foreach (RecurrentSite site in plan.Recurrences)
        {
            quantized.recurrences[site.Index] = quantized.New(site.Name, QuantizedWeight.Of(site.Kernel, RecurrentSite.OutputAxis, options));
        }

        foreach (EmbeddingSite site in plan.Embeddings)
        {
            Tensor scale = site.Scale();
            quantized.embeddings[site.Index] = quantized.New(site.Name, new QuantizedWeight(site.Bytes(scale), scale));
        }

        return quantized.Trace();
    }

    /// <summary>The network of integers.</summary>
    /// <param name="network">The network of floats.</param>
    /// <param name="weights">The weights of its products.</param>
    /// <param name="ranges">The ranges of activations.</param>
    /// <param name="options">How weights are scaled.</param>
    public static GraphLayer Build(
        InferenceGraph network,
        IReadOnlyDictionary<ProductSite, QuantizedWeight> weights,
        IReadOnlyDictionary<ValuePlace, AffineRange> ranges,
        QuantizationOptions options) => new QuantizedNetwork(network, weights, ranges, options).Trace();

    /// <summary>The weights that integers stand for.</summary>
    public static Tensor Dequantize(QuantizedWeight weight, ProductSite site, QuantizationOptions options) => Dequantize(weight.Values, weight.Scale, site, options);

    private static Tensor Dequantize(Tensor values, Tensor scale, ProductSite site, QuantizationOptions options) =>
        values.Dequantize(scale, Tensor.Zeros(scale.Shape, DataType.Int8), options.PerChannel ? site.OutputAxis : null);

    private GraphLayer Trace()
    {
        FreeGraph graph = FreeGraph.Trace(inputs => [Walk(inputs[0])], [network.Input], network.Free, traced => traced.DropDeadCode());
        return GraphLayer.Of(graph, Named(graph.Graph));
    }

    private WeightCells New(string name, QuantizedWeight weight) =>
        new(New(name, weight.Values, trainable: false), New(name + ScaleSuffix, weight.Scale, trainable: false));

    private Tensor Walk(Tensor input) => new QuantizingWalk(this, network.At(input.Shape), [input, .. network.Parameters.Select(parameter => parameter.Original)]).Run();

    private Cell New(string name, Tensor value, bool trainable)
    {
        Cell cell = new(name, value);
        cells.Add((cell, name, trainable));
        return cell;
    }

    // A weight that others still read as floats keeps its name, and that of integers gets a longer one.
    private Dictionary<Cell, GraphTensor> Named(Graph graph)
    {
        HashSet<Cell> read = new(graph.Nodes.SelectMany(node => node.Inputs).OfType<CellValue>().Select(value => value.Cell), ReferenceEqualityComparer.Instance);
        Dictionary<Cell, GraphTensor> named = new(ReferenceEqualityComparer.Instance);
        HashSet<string> taken = [];
        foreach ((Cell cell, string name, bool trainable) in cells.Where(entry => read.Contains(entry.Cell)))
        {
            string free = name;
            for (int number = 1; !taken.Add(free); number++)
            {
                free = $"{name}_{number}";
            }

            named[cell] = new GraphTensor(free, cell.Held, trainable);
        }

        return named;
    }

    private sealed record WeightCells(Cell Values, Cell Scale);

    private sealed record SiteCells(ProductSite Site, Cell Values, Cell Scale, Cell? Bias);

    private sealed class QuantizingWalk(QuantizedNetwork owner, Graph graph, IReadOnlyList<Tensor> arguments) : GraphWalk(graph, arguments)
    {
        private readonly Dictionary<ValuePlace, Quantity> quantized = [];

        protected override Tensor[] Compute(int index, Node node)
        {
            if (owner.recurrences.TryGetValue(index, out WeightCells? kernel))
            {
                return Recur(node, kernel);
            }

            if (owner.embeddings.TryGetValue(index, out WeightCells? table))
            {
                return [LookUp(Of(EmbeddingSite.Lookup(node)!.Indices), table)];
            }

            if (!owner.sites.TryGetValue(index, out SiteCells? cells))
            {
                return base.Compute(index, node);
            }

            Tensor weights = Dequantize(cells.Values.Value, cells.Scale.Value, cells.Site, owner.options);
            Tensor? added = cells.Site.Added is null ? null : Activation(node.Inputs[^1]);
            return cells.Site.Apply(Activation(node.Inputs[0]), weights, cells.Bias?.Value, added);
        }

        private Tensor[] Recur(Node node, WeightCells kernel)
        {
            Tensor scale = kernel.Scale.Value;
            Tensor weights = kernel.Values.Value.Dequantize(scale, Tensor.Zeros(scale.Shape, DataType.Int8), owner.options.PerChannel ? RecurrentSite.OutputAxis : null);
            Tensor[] inputs = [.. node.Inputs.Select(Of)];
            inputs[1] = weights;
            return ((Recurrence)node.Op with { RoundsStates = true }).Apply(inputs);
        }

        private static Tensor LookUp(Tensor indices, WeightCells table)
        {
            Tensor scale = table.Scale.Value;
            Tensor zeroPoint = Tensor.Full(scale.Shape, EmbeddingSite.ZeroPoint, DataType.UInt8);
            return table.Values.Value.Gather(0, indices).Dequantize(scale.Gather(0, indices), zeroPoint.Gather(0, indices));
        }

        private Tensor Activation(Value value)
        {
            if (owner.embeddings.ContainsKey(PlaceOf(QuantizationPlan.Source(value)).Node))
            {
                return Of(value);
            }

            if (owner.ranges is null)
            {
                (Tensor rows, Tensor scales, Tensor zeroPoints) = Of(value).QuantizeDynamically(perRow: true);
                return rows.Dequantize(scales, zeroPoints);
            }

            Value source = QuantizationPlan.Source(value);
            Quantity known = Quantized(source);
            Tensor shaped = source.Type.Shape == value.Type.Shape ? known.Values : new Reshape(value.Type.Shape).ApplyOne(known.Values);
            return shaped.Dequantize(known.Scale, known.ZeroPoint);
        }

        private Quantity Quantized(Value source)
        {
            ValuePlace place = PlaceOf(source);
            if (!quantized.TryGetValue(place, out Quantity? known))
            {
                AffineRange range = owner.ranges![place];
                (Tensor scale, Tensor zeroPoint) = (range.ScaleTensor, range.ZeroPointTensor);
                quantized[place] = known = new Quantity(Of(source).Quantize(scale, zeroPoint), scale, zeroPoint);
            }

            return known;
        }

        // One scale for all that reads the values, so that the graph holds it once.
        private sealed record Quantity(Tensor Values, Tensor Scale, Tensor ZeroPoint);
    }
}
