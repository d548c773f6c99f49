using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Ops;

namespace Nabla.Graphs.Json;

/// <summary>The node of a graph that is no op: one number, which may be that of open sizes or one divided by it.</summary>
internal static class ScalarNode
{
    /// <summary>What its <c>op</c> says.</summary>
    public const string Op = "Constant";

    /// <summary>The number as a tensor.</summary>
    /// <exception cref="JsonException">A field is missing, wrong or unknown.</exception>
    public static Tensor Read(NodeSource source)
    {
        if (source.Inputs.Length > 0)
        {
            throw new JsonException($"expected no inputs, got {source.Inputs.Length}");
        }

        AttributeReader<Op> attributes = new(source);
        DataType type = source.Find("type") is JsonValue label && DataTypes.Named(label.ToString()) is { } named ? named : throw source.Error("type", "a type of elements");
        double number = NumberText.Parse(source.Find("value")) ?? attributes.Size("value", _ => 0);
        bool inverse = attributes.Flag("inverse", _ => false);
        source.RequireNoOthers();
        return Tensor.Full(Shape.Scalar, inverse ? 1 / number : number, type);
    }
}
