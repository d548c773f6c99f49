using System.Text.Json.Nodes;
using Nabla.Graphs.Free;
using Nabla.Ops;

namespace Nabla.Graphs.Json;

/// <summary>Notes the attributes of a node of a graph whose sizes may be open.</summary>
/// <param name="graph">The graph.</param>
/// <param name="node">The node.</param>
/// <param name="json">What they are noted in.</param>
/// <param name="inner">Describes a graph within the op.</param>
internal sealed class AttributeWriter<TOp>(FreeGraph graph, Node node, JsonObject json, Func<JsonObject> inner) : OpAttributes<TOp>
    where TOp : Op
{
    private TOp Op => (TOp)node.Op;

    /// <inheritdoc/>
    public override int Integer(string name, Func<TOp, int> of, int least = 0) => Note(name, of(Op), value => value);

    /// <inheritdoc/>
    public override int? OptionalInteger(string name, Func<TOp, int?> of) => of(Op) is { } value ? Note(name, value, whole => whole) : null;

    /// <inheritdoc/>
    public override int Size(string name, Func<TOp, int> of) => Note(name, of(Op), _ => SizeText.ToJson(graph.SizeOf(node, of)));

    /// <inheritdoc/>
    public override double Number(string name, Func<TOp, double> of) => Note(name, of(Op), NumberText.ToJson);

    /// <inheritdoc/>
    public override bool Flag(string name, Func<TOp, bool> of) => of(Op) && Note(name, true, value => value);

    /// <inheritdoc/>
    public override TEnum Choice<TEnum>(string name, Func<TOp, TEnum> of) => Note(name, of(Op), value => value.ToString());

    /// <inheritdoc/>
    public override Shape Sizes(string name, Func<TOp, Shape> of) => Note(name, of(Op), _ => SizeText.ToJson(graph.ShapeOf(node, of)));

    /// <inheritdoc/>
    public override int[] Integers(string name, Func<TOp, int[]> of, int count, int least = 0) =>
        Note(name, of(Op), values => new JsonArray([.. values.Select(value => (JsonNode)value)]));

    /// <inheritdoc/>
    public override int Axis(string name, Func<TOp, int> of) => Integer(name, of);

    /// <inheritdoc/>
    public override Shape Axes(string name, Func<TOp, Shape> of, bool ascending) => Sizes(name, of);

    /// <inheritdoc/>
    public override Graph Inner(string name, Func<TOp, Graph> of) => Note(name, of(Op), _ => inner());

    private T Note<T>(string name, T value, Func<T, JsonNode?> toJson)
    {
        json[name] = toJson(value);
        return value;
    }
}
