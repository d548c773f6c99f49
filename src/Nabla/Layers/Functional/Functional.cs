using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// Layers in a directed graph without cycles, as one layer: an output may go to several layers, and several outputs may be joined to one. It has one
/// input and one output. A layer without a name is called by the number of its node, the first made being 1, so parameters are <c>1.kernel</c>,
/// <c>stem.kernel</c> and so on. A layer has one place: two nodes cannot share one.
/// </summary>
/// <example>
/// <code>
/// LayerOutput image = Functional.Input();
/// LayerOutput stem = image.Then(new Conv2D(16, 3, ActivationKind.Relu, padding: Padding.Same) { Name = "stem" });
/// LayerOutput body = stem.Then(new Conv2D(16, 3, padding: Padding.Same) { UseBias = false }, new BatchNorm());
/// LayerOutput sum = Functional.Add(stem, body).Then(new Activation(ActivationKind.Relu));
/// Functional block = new(image, sum.Then(new GlobalAveragePool2D(), new Dense(10) { Name = "head" }));
/// Sequential model = new([28, 28, 1], seed: 1, block);
/// </code>
/// </example>
public sealed class Functional : Layer
{
    private readonly FunctionalNode[] nodes;
    private readonly int[] lastUses;
    private readonly int[] followers;

    /// <summary>A network from its input to an output. What does not lead to the output is left out.</summary>
    /// <param name="input">What <see cref="Input"/> gave.</param>
    /// <param name="output">The output of layers that come from it.</param>
    /// <exception cref="ArgumentException">The output does not come from the input, or a layer is part of another module or of two nodes.</exception>
    public Functional(LayerOutput input, LayerOutput output)
        : this(output is null ? throw new ArgumentNullException(nameof(output)) : output.NodesFrom(input))
    {
    }

    private Functional(FunctionalNode[] nodes)
    {
        this.nodes = nodes;
        (lastUses, followers) = (new int[nodes.Length + 1], new int[nodes.Length + 1]);
        for (int place = 1; place <= nodes.Length; place++)
        {
            if (nodes[place - 1].Layer is { } layer)
            {
                Register(layer.Name ?? place.ToString(CultureInfo.InvariantCulture), layer);
            }

            Use(nodes[place - 1], place);
        }
    }

    /// <summary>The layers in the order of their nodes.</summary>
    public IReadOnlyList<Layer> Layers => [.. nodes.Select(node => node.Layer).OfType<Layer>()];

    /// <inheritdoc/>
    public override DataType InputType => Entrances.Select(layer => layer.InputType).FirstOrDefault(type => type != base.InputType, base.InputType);

    /// <summary>The nodes in order.</summary>
    internal IReadOnlyList<FunctionalNode> Nodes => nodes;

    /// <summary>The layers that take the input.</summary>
    internal IReadOnlyList<Layer> Entrances => [.. nodes.Where(node => node.Layer is not null && node.Sources[0] == 0).Select(node => node.Layer!)];

    /// <summary>The input of a network that is to be made.</summary>
    public static LayerOutput Input() => new([], place: 0);

    /// <summary>The sum of outputs whose shapes broadcast to one, such as <c>[batch, 8, 8, 16]</c> and <c>[batch, 1, 1, 16]</c>.</summary>
    /// <exception cref="ArgumentException">There are not several, or they come from different inputs.</exception>
    public static LayerOutput Add(params LayerOutput[] outputs) => LayerOutput.Join(JoinKind.Add, outputs);

    /// <summary>The first output less the second one.</summary>
    /// <exception cref="ArgumentException">They come from different inputs.</exception>
    public static LayerOutput Subtract(LayerOutput first, LayerOutput second) => LayerOutput.Join(JoinKind.Subtract, [first, second]);

    /// <summary>The product of outputs, element by element: a gate.</summary>
    /// <inheritdoc cref="Add"/>
    public static LayerOutput Multiply(params LayerOutput[] outputs) => LayerOutput.Join(JoinKind.Multiply, outputs);

    /// <summary>The mean of outputs.</summary>
    /// <inheritdoc cref="Add"/>
    public static LayerOutput Average(params LayerOutput[] outputs) => LayerOutput.Join(JoinKind.Average, outputs);

    /// <summary>The largest of outputs, element by element.</summary>
    /// <inheritdoc cref="Add"/>
    public static LayerOutput Maximum(params LayerOutput[] outputs) => LayerOutput.Join(JoinKind.Maximum, outputs);

    /// <summary>The smallest of outputs, element by element.</summary>
    /// <inheritdoc cref="Add"/>
    public static LayerOutput Minimum(params LayerOutput[] outputs) => LayerOutput.Join(JoinKind.Minimum, outputs);

    /// <summary>Outputs one behind the other.</summary>
    /// <param name="axis">The axis of a batch, from 1, or from the end: -1 for the channels.</param>
    /// <param name="outputs">Outputs that differ in that axis alone.</param>
    /// <exception cref="ArgumentException">There are not several, or they come from different inputs.</exception>
    public static LayerOutput Concatenate(int axis, params LayerOutput[] outputs) => LayerOutput.Join(JoinKind.Concatenate, outputs, axis);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => SamplesOf(input)[^1];

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input)
    {
        List<Shape> samples = SamplesOf(input);
        return nodes.Sum(node => node.Layer?.MultiplyAdds(samples[node.Sources[0]]) ?? 0);
    }

    /// <inheritdoc/>
    internal override Tensor? LengthsOf(Tensor input) => Entrances.Select(layer => layer.LengthsOf(input)).FirstOrDefault(lengths => lengths is not null);

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["nodes"] = new JsonArray([.. nodes.Select(node => node.Describe())]) };

    /// <summary>The layer that was described.</summary>
    internal static Functional Create(JsonAttributes json)
    {
        FunctionalNode[] nodes = json.Parts("nodes", FunctionalNode.Create);
        bool forward = nodes.Length > 0 && nodes.Select((node, index) => node.Sources.Count > 0 && node.Sources.All(source => source <= index)).All(holds => holds);
        return forward && FunctionalNode.Leading(nodes, nodes.Length).Length == nodes.Length
            ? new Functional(nodes)
            : throw new JsonException("expected 'nodes' of Functional that take the input or nodes before them and lead to the last one, got others");
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        List<Shape> samples = SamplesOf(input);
        for (int index = 0; index < nodes.Length; index++)
        {
            nodes[index].Layer?.Build(samples[nodes[index].Sources[0]], key.Fold(index));
        }
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Passed?[] values = new Passed?[nodes.Length + 1];
        values[0] = new Passed(input, context);
        for (int place = 1; place < values.Length; place++)
        {
            FunctionalNode node = nodes[place - 1];
            if (values[place] is null)
            {
                Pass(node, place, values);
            }

            foreach (int source in node.Sources.Where(source => lastUses[source] == place))
            {
                values[source] = null;
            }
        }

        return values[^1]!.Value;
    }

    // Two layers that go together are computed in one go, if nobody else wants to see what is between them.
    private void Pass(FunctionalNode node, int place, Passed?[] values)
    {
        Passed[] sources = [.. node.Sources.Select(source => values[source]!)];
        if (node.Layer is not { } layer)
        {
            values[place] = Joined(node, sources);
            return;
        }

        (Tensor input, ForwardContext context) = sources[0];
        int follower = context.Observer is null ? followers[place] : 0;
        if (follower > 0 && layer.ComputeInto(nodes[follower - 1].Layer!, input) is { } ofBoth)
        {
            (values[place], values[follower]) = (sources[0], new Passed(ofBoth, LayerStack.Behind(layer, input, ofBoth, context)));
            return;
        }

        Tensor output = layer.Forward(input, context);
        values[place] = new Passed(output, LayerStack.Behind(layer, input, output, context));
    }

    private static Passed Joined(FunctionalNode node, Passed[] sources)
    {
        Tensor joined = node.Join([.. sources.Select(source => source.Value)]);
        Passed? known = sources.FirstOrDefault(source => source.Context.Lengths is not null);
        bool keepsTime = known is not null && joined.Rank > 2 && joined.Shape[1] == known.Value.Shape[1];
        return new Passed(joined, sources[0].Context.WithLengths(keepsTime ? known!.Context.Lengths : null));
    }

    // The shapes of all values, the input first.
    private List<Shape> SamplesOf(Shape input)
    {
        List<Shape> samples = [input];
        foreach (FunctionalNode node in nodes)
        {
            samples.Add(node.OutputShape(samples, Label));
        }

        return samples;
    }

    // A layer follows alone where no other node takes the value.
    private void Use(FunctionalNode node, int place)
    {
        foreach (int source in node.Sources)
        {
            followers[source] = lastUses[source] == 0 && node.Layer is not null ? place : 0;
            lastUses[source] = place;
        }
    }

    private sealed record Passed(Tensor Value, ForwardContext Context);
}
