using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Graphs.Free;
using Nabla.Ops;

namespace Nabla.Graphs.Json;

/// <summary>How one kind of op stands in JSON.</summary>
/// <param name="name">What the JSON calls it.</param>
/// <param name="fewest">The fewest inputs.</param>
/// <param name="most">The most inputs.</param>
internal abstract class OpForm(string name, int fewest, int most)
{
    /// <summary>What the JSON calls it.</summary>
    public string Name => name;

    /// <summary>The type of the ops.</summary>
    public abstract Type OpType { get; }

    /// <summary>Notes the attributes of a node.</summary>
    public abstract void Write(FreeGraph graph, Node node, JsonObject json, Func<JsonObject> inner);

    /// <summary>The op of a node.</summary>
    /// <exception cref="JsonException">An attribute is missing, wrong or unknown, or the op does not take such inputs.</exception>
    public Op Read(NodeSource source)
    {
        int count = source.Inputs.Length;
        if (count < fewest || count > most)
        {
            string expected = fewest == most ? $"{fewest}" : most == int.MaxValue ? $"{fewest} or more" : $"{fewest} to {most}";
            throw new JsonException($"expected {expected} inputs, got {count}");
        }

        Op op = Create(source);
        source.RequireNoOthers();
        return op;
    }

    private protected abstract Op Create(NodeSource source);
}

/// <summary>How one kind of op stands in JSON.</summary>
/// <param name="name">What the JSON calls it.</param>
/// <param name="fewest">The fewest inputs.</param>
/// <param name="most">The most inputs.</param>
/// <param name="form">Makes the op of its attributes, and so says which there are.</param>
/// <param name="check">What must hold of the op and its inputs beyond what the op itself looks at; the text says what was expected. Null for nothing.</param>
internal sealed class OpForm<TOp>(
    string name, int fewest, int most, Func<OpAttributes<TOp>, TOp> form, Func<TOp, TensorType[], string?>? check = null) : OpForm(name, fewest, most)
    where TOp : Op
{
    /// <inheritdoc/>
    public override Type OpType => typeof(TOp);

    /// <inheritdoc/>
    public override void Write(FreeGraph graph, Node node, JsonObject json, Func<JsonObject> inner)
    {
        if (!form(new AttributeWriter<TOp>(graph, node, json, inner)).Equals(node.Op))
        {
            throw new InvalidOperationException($"The form of {node.Op} in JSON lacks an attribute.");
        }
    }

    /// <inheritdoc/>
    private protected override Op Create(NodeSource source)
    {
        TOp op = form(new AttributeReader<TOp>(source));
        return check?.Invoke(op, source.Inputs) is { } expected ? throw new JsonException($"expected {expected}") : op;
    }
}
