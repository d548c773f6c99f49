using Nabla.Onnx.Protos;

namespace Nabla.Onnx;

/// <summary>One node that is computed: its inputs and attributes.</summary>
internal sealed class NodeCall
{
    private readonly NodeProto node;
    private readonly OnnxData?[] inputs;
    private readonly Dictionary<string, AttributeProto> attributes;
    private readonly Interpreter interpreter;

    public NodeCall(NodeProto node, OnnxData?[] inputs, int opset, Interpreter interpreter)
    {
        (this.node, this.inputs, Opset, this.interpreter) = (node, inputs, opset, interpreter);
        attributes = node.Attribute.GroupBy(attribute => attribute.Name).ToDictionary(group => group.Key, group => group.Last());
    }

    /// <summary>The version of the operator set that the model asks for.</summary>
    public int Opset { get; }

    /// <summary>How many inputs are named, given or not.</summary>
    public int Count => inputs.Length;

    /// <summary>How many outputs are named.</summary>
    public int Outputs => node.Output.Count;

    /// <summary>All inputs that are given.</summary>
    public Tensor[] Tensors => [.. Enumerable.Range(0, inputs.Length).Select(Optional).OfType<Tensor>()];

    /// <summary>An input that must be there.</summary>
    public Tensor this[int index] => Optional(index) ?? throw Error($"expects an input {index} but has none");

    /// <summary>Whether somebody reads an output.</summary>
    public bool Wants(int output) => output < node.Output.Count && node.Output[output].Length > 0;

    public Tensor? Optional(int index) => Data(index) switch
    {
        null => null,
        TensorData data => data.Tensor,
        { } other => throw Error($"expects a tensor of numbers as input {index} but got {other.Label}"),
    };

    /// <summary>An input of any kind; null where it is not given.</summary>
    public OnnxData? Data(int index) => index < inputs.Length ? inputs[index] : null;

    /// <summary>An input of any kind that must be there.</summary>
    public OnnxData Given(int index) => Data(index) ?? throw Error($"expects an input {index} but has none");

    /// <summary>A value within the node that must be a tensor of numbers.</summary>
    public TensorData Numeric(OnnxData data) => data as TensorData ?? throw Error($"expects tensors of numbers but got {data.Label}");

    /// <summary>The element type of an input as the model has it.</summary>
    public int TypeOf(int index) => Data(index) is TensorData data ? data.Type : throw Error($"expects a tensor of numbers as input {index}");

    /// <summary>A result whose element type is that of the first input that is in memory like it.</summary>
    public TensorData LikeInputs(Tensor result) => new(
        result, inputs.OfType<TensorData>().FirstOrDefault(data => data.Tensor.DataType == result.DataType)?.Type ?? OnnxTypes.Of(result.DataType));

    public bool Has(string attribute) => attributes.ContainsKey(attribute);

    public long Int(string name, long otherwise) => attributes.TryGetValue(name, out AttributeProto? attribute) ? attribute.I : otherwise;

    public bool Flag(string name, bool otherwise = false) => Int(name, otherwise ? 1 : 0) != 0;

    public double Number(string name, double otherwise) => attributes.TryGetValue(name, out AttributeProto? attribute) ? attribute.F : otherwise;

    public string Text(string name, string otherwise) => attributes.TryGetValue(name, out AttributeProto? attribute) ? attribute.S.ToStringUtf8() : otherwise;

    public int[]? Ints(string name) => attributes.TryGetValue(name, out AttributeProto? attribute) ? [.. attribute.Ints.Select(value => Size(value))] : null;

    public float[]? Floats(string name) => attributes.TryGetValue(name, out AttributeProto? attribute) ? [.. attribute.Floats] : null;

    public string[]? Texts(string name) =>
        attributes.TryGetValue(name, out AttributeProto? attribute) ? [.. attribute.Strings.Select(text => text.ToStringUtf8())] : null;

    public OnnxData? DataOf(string name) => !attributes.TryGetValue(name, out AttributeProto? attribute) ? null
        : attribute.T is { } tensor ? interpreter.Read(tensor)
        : throw Error($"expects a tensor as attribute '{name}'");

    /// <summary>An axis counted from the front.</summary>
    public int Axis(string name, int otherwise, int rank) => FromFront(Int(name, otherwise), rank);

    public int FromFront(long axis, int rank) =>
        axis >= -rank && axis < Math.Max(rank, 1) ? (int)(axis < 0 ? axis + rank : axis) : throw Error($"expects an axis of {rank} but got {axis}");

    /// <summary>Integers that the shapes of results depend on: their values must be known.</summary>
    public long[] Longs(int input) => [.. Known(input).To(DataType.Int64).ToArray<long>()];

    /// <summary>As <see cref="Longs"/>, as sizes.</summary>
    public int[] Sizes(int input) => Array.ConvertAll(Longs(input), value => Size(value));

    /// <summary>Numbers that the shapes of results depend on.</summary>
    public double[] Numbers(int input) => Known(input).To(DataType.Float64).ToArray<double>();

    /// <summary>A size, or the number at the end of what fits one.</summary>
    public static int Size(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    /// <summary>Computes a graph within the node.</summary>
    public OnnxData[] Run(string attribute, params OnnxData[] values) => interpreter.RunInner(Inner(attribute), values);

    /// <summary>How many outputs a graph within the node has.</summary>
    public GraphProto Inner(string attribute) =>
        attributes.TryGetValue(attribute, out AttributeProto? found) && found.G is { } graph ? graph : throw Error($"expects a graph '{attribute}' but has none");

    public NotSupportedException NotSupported(string problem) => new($"{Label(node)} {problem}.");

    public ArgumentException Error(string problem) => new($"{Label(node)} {problem}.");

    /// <summary>What errors call a node.</summary>
    public static string Label(NodeProto node) => node.Name.Length > 0 ? $"{node.OpType} '{node.Name}'" : $"{node.OpType} of '{node.Output.FirstOrDefault()}'";

    /// <summary>An input whose values must be known.</summary>
    public Tensor Known(int input) => KnownOf(this[input]);

    /// <summary>A tensor whose values must be known.</summary>
    public Tensor KnownOf(Tensor tensor) => tensor.Symbol is null
        ? tensor
        : throw Error($"needs values that are computed from the model's inputs, {tensor.Type}: run the model without compiling it");
}
