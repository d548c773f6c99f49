using Google.Protobuf;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Export;

/// <summary>Makes attributes of nodes.</summary>
internal static class Attributes
{
    public static AttributeProto Int(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Flag(string name, bool value) => Int(name, value ? 1 : 0);

    public static AttributeProto Number(string name, double value) => new() { Name = name, F = (float)value, Type = AttributeProto.Types.AttributeType.Float };

    public static AttributeProto Text(string name, string value) =>
        new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String };

    public static AttributeProto Graph(string name, GraphProto value) => new() { Name = name, G = value, Type = AttributeProto.Types.AttributeType.Graph };

    public static AttributeProto Ints(string name, params IEnumerable<int> values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values.Select(value => (long)value));
        return attribute;
    }

    public static AttributeProto Texts(string name, params IEnumerable<string> values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.AttributeType.Strings };
        attribute.Strings.AddRange(values.Select(ByteString.CopyFromUtf8));
        return attribute;
    }
}
