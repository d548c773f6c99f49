using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// One step of a <see cref="Functional"/>: a layer that takes one value, or a join of several. Values are numbered: 0 is the input of the network, from
/// 1 on they are what the nodes give, in order; a node takes values of smaller numbers alone.
/// </summary>
internal sealed class FunctionalNode
{
    private const int LastAxis = -1;
    private const int LeastAxis = -16;

    private readonly JoinKind join;
    private readonly int axis;

    private FunctionalNode(Layer? layer, JoinKind join, int axis, int[] sources) => (Layer, this.join, this.axis, Sources) = (layer, join, axis, sources);

    /// <summary>How the values are joined, where there is no layer.</summary>
    public JoinKind Kind => join;

    /// <summary>The axis of a batch along which values are concatenated.</summary>
    public int Axis => axis;

    /// <summary>The layer; null for a join.</summary>
    public Layer? Layer { get; }

    /// <summary>The numbers of the values that it takes.</summary>
    public IReadOnlyList<int> Sources { get; }

    public static FunctionalNode Of(Layer layer, int source) => new(layer, default, 0, [source]);

    public static FunctionalNode Of(JoinKind join, int axis, int[] sources) => new(null, join, axis, sources);

    /// <summary>The nodes that lead to a value, in order and numbered anew; the last gives the value.</summary>
    public static FunctionalNode[] Leading(IReadOnlyList<FunctionalNode> nodes, int value)
    {
        int[] numbers = new int[value + 1];
        numbers[value] = 1;
        for (int place = value; place > 0; place--)
        {
            foreach (int source in numbers[place] > 0 ? nodes[place - 1].Sources : [])
            {
                numbers[source] = 1;
            }
        }

        numbers[0] = 0;
        List<FunctionalNode> kept = [];
        for (int place = 1; place <= value; place++)
        {
            if (numbers[place] > 0)
            {
                FunctionalNode node = nodes[place - 1];
                kept.Add(new FunctionalNode(node.Layer, node.join, node.axis, [.. node.Sources.Select(source => numbers[source])]));
                numbers[place] = kept.Count;
            }
        }

        return [.. kept];
    }

    /// <summary>The shape of one output, without the batch, from those of all values before.</summary>
    /// <param name="samples">The shapes of the values.</param>
    /// <param name="label">What errors call the network.</param>
    public Shape OutputShape(IReadOnlyList<Shape> samples, string label)
    {
        if (Layer is not null)
        {
            return Layer.OutputShape(samples[Sources[0]]);
        }

        Shape[] joined = [.. Sources.Select(source => samples[source])];
        return join.ShapeOf(axis, joined) ?? throw new ArgumentException(
            $"{label} expects for {join} at node {samples.Count} {join.Condition()} but got {string.Join(" and ", joined.Select(Layer.Batched))}.");
    }

    /// <summary>The joined values.</summary>
    public Tensor Join(Tensor[] values) => join.Apply(axis, values);

    /// <summary>The node for the model file: a layer as <c>Layer</c>, a join by its name.</summary>
    public JsonObject Describe()
    {
        JsonObject description = new() { ["kind"] = Layer is null ? join.ToString() : nameof(Layer), ["sources"] = JsonAttributes.Of(Sources) };
        if (Layer is not null)
        {
            description["layer"] = LayerCatalogue.Describe(Layer);
        }
        else if (join == JoinKind.Concatenate && axis != LastAxis)
        {
            description["axis"] = axis;
        }

        return description;
    }

    /// <summary>The node that was described.</summary>
    public static FunctionalNode Create(JsonAttributes json)
    {
        int[] sources = json.Integers("sources", least: 0);
        FunctionalNode node = json.Kind == nameof(Layer)
            ? Of(json.Layer("layer") ?? throw json.Error("layer", "a layer"), sources is [int only] ? only : throw json.Error("sources", "one number"))
            : Joined(json, sources);
        json.RequireNoOthers();
        return node;
    }

    private static FunctionalNode Joined(JsonAttributes json, int[] sources)
    {
        json.CountLayer();
        JoinKind kind = json.KindAs<JoinKind>();
        return Of(kind, kind == JoinKind.Concatenate ? json.Integer("axis", LastAxis, LeastAxis) : LastAxis, sources);
    }
}
