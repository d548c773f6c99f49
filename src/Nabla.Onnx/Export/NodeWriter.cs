using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Export;

/// <summary>Adds nodes to a graph of a model.</summary>
internal sealed class NodeWriter(ModelWriter model, List<NodeProto> nodes)
{
    private const int AxesAsInputs = 18;

    /// <summary>The model.</summary>
    public ModelWriter Model => model;

    /// <summary>The nodes so far.</summary>
    public List<NodeProto> Nodes => nodes;

    /// <summary>Adds a node of one output, and gives the name of that.</summary>
    public string Add(string op, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes) => Add(op, inputs, 1, attributes)[0];

    /// <summary>Adds a node of several outputs.</summary>
    public string[] Add(string op, IEnumerable<string> inputs, int outputs, params IEnumerable<AttributeProto> attributes)
    {
        NodeProto node = new() { OpType = op, Name = model.Unique(op) };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        node.Output.AddRange(Enumerable.Range(0, outputs).Select(index => outputs == 1 ? $"{node.Name}.out" : $"{node.Name}.out{index}"));
        nodes.Add(node);
        return [.. node.Output];
    }

    public string Add(string left, string right) => Add("Add", [left, right]);

    public string Subtract(string left, string right) => Add("Sub", [left, right]);

    public string Multiply(string left, string right) => Add("Mul", [left, right]);

    public string Where(string condition, string x, string y) => Add("Where", [condition, x, y]);

    public string Transpose(string x, params IEnumerable<int> axes) => Add("Transpose", [x], Attributes.Ints("perm", axes));

    /// <summary>Another shape; 0 stands for the size of the same axis, -1 for what is left.</summary>
    public string Reshape(string x, params IReadOnlyList<long> sizes) => Add("Reshape", [x, model.Integers(sizes)]);

    public string Unsqueeze(string x, params IReadOnlyList<long> axes) => Add("Unsqueeze", [x, model.Integers(axes)]);

    public string Squeeze(string x, params IReadOnlyList<long> axes) => Add("Squeeze", [x, model.Integers(axes)]);

    public string Cast(string x, DataType to) => Add("Cast", [x], Attributes.Int("to", OnnxTypes.Of(to)));

    /// <summary>The part of an axis from a place up to another.</summary>
    public string Slice(string x, int axis, long start, long end) =>
        Add("Slice", [x, model.Integers(start), model.Integers(end), model.Integers(axis)]);

    /// <summary>A reduction over axes, which stay with size 1.</summary>
    public string Reduce(string op, string x, params IReadOnlyList<int> axes) => op == "ReduceSum" || model.Opset >= AxesAsInputs
        ? Add(op, [x, model.Integers([.. axes.Select(axis => (long)axis)])], Attributes.Int("keepdims", 1))
        : Add(op, [x], Attributes.Ints("axes", axes), Attributes.Int("keepdims", 1));
}
