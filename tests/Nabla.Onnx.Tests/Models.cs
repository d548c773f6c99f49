using Google.Protobuf;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Tests;

/// <summary>Writes small ONNX models.</summary>
internal static class Models
{
    /// <summary>A model of one node over float inputs <c>x0</c>, <c>x1</c>, ..., with outputs <c>y0</c>, <c>y1</c>, ...</summary>
    public static byte[] OfNode(string operatorType, int inputs, int opset = 17, int outputs = 1, params AttributeProto[] attributes) => Of(
        opset,
        [.. Enumerable.Range(0, inputs).Select(index => $"x{index}")],
        [.. Enumerable.Range(0, outputs).Select(index => $"y{index}")],
        [Node(operatorType, [.. Enumerable.Range(0, inputs).Select(index => $"x{index}")], [.. Enumerable.Range(0, outputs).Select(index => $"y{index}")], attributes)]);

    public static byte[] Of(int opset, string[] inputs, string[] outputs, NodeProto[] nodes, params TensorProto[] weights)
    {
        ModelProto model = new() { IrVersion = 8, Graph = new GraphProto { Name = "test" } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
        model.Graph.Node.AddRange(nodes);
        model.Graph.Input.AddRange(inputs.Select(name => new ValueInfoProto { Name = name }));
        model.Graph.Output.AddRange(outputs.Select(name => new ValueInfoProto { Name = name }));
        model.Graph.Initializer.AddRange(weights);
        return model.ToByteArray();
    }

    public static NodeProto Node(string operatorType, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        NodeProto node = new() { OpType = operatorType, Name = $"{operatorType.ToLowerInvariant()}_node" };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes);
        return node;
    }

    public static AttributeProto Ints(string name, params long[] values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    public static AttributeProto Int(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static TensorProto Weight(string name, float[] values, params long[] dimensions)
    {
        TensorProto tensor = new() { Name = name, DataType = OnnxTypes.Float };
        tensor.Dims.AddRange(dimensions);
        tensor.FloatData.AddRange(values);
        return tensor;
    }
}
