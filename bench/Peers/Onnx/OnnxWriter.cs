using Google.Protobuf;
using Nabla.Onnx.Protos;

namespace Nabla.Peers.Onnx;

/// <summary>Writes a network as an ONNX model, op by op, in the layout of that format: channels first. Shapes are fixed, the batch included.</summary>
public sealed class OnnxWriter
{
    /// <summary>The name of the model's input.</summary>
    public const string Input = "x";

    private const int Float = 1;
    private const int UInt8 = 2;
    private const int Int8 = 3;
    private const int Int32 = 6;
    private const int OpsetVersion = 17;
    private const int IrVersion = 8;

    // Ops of ONNX Runtime's own.
    private const string RuntimeDomain = "com.microsoft";

    private readonly GraphProto graph = new() { Name = "network" };
    private int values;

    /// <summary>A model that has an input and no ops yet.</summary>
    /// <param name="input">The shape of the input, <c>[batch, channels, height, width]</c>, <c>[batch, features]</c> or <c>[batch, tokens]</c>.</param>
    /// <param name="dataType">float32, or int32 for tokens.</param>
    public OnnxWriter(Shape input, DataType dataType = DataType.Float32) => graph.Input.Add(Describe(Input, input, dataType == DataType.Int32 ? Int32 : Float));

    /// <summary>A convolution.</summary>
    /// <param name="x">What it is applied to.</param>
    /// <param name="kernel">Weights as Nabla has them, <c>[height, width, inputs, outputs]</c>.</param>
    /// <param name="bias">The bias <c>[outputs]</c>; null for none.</param>
    /// <param name="stride">From one window to the next.</param>
    /// <param name="padding">The zeros on each side.</param>
    /// <returns>The name of the result.</returns>
    public string Convolution(string x, Tensor kernel, Tensor? bias, int stride, int padding)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return ConvolutionOf(x, Constant(kernel.Transpose(3, 2, 0, 1)), bias is null ? null : Constant(bias), kernel.Shape, stride, padding);
    }

    /// <summary>A convolution with weights that stand in the model, <c>[outputs, inputs, height, width]</c>.</summary>
    /// <param name="x">What it is applied to.</param>
    /// <param name="weights">The name of the weights.</param>
    /// <param name="bias">The name of the bias; null for none.</param>
    /// <param name="kernel">The shape of the weights as Nabla has them.</param>
    /// <param name="stride">From one window to the next.</param>
    /// <param name="padding">The zeros on each side.</param>
    public string ConvolutionOf(string x, string weights, string? bias, Shape kernel, int stride, int padding)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        string[] inputs = bias is null ? [x, weights] : [x, weights, bias];
        return Node(
            "Conv", inputs, Integers("kernel_shape", kernel[0], kernel[1]), Integers("strides", stride, stride), Integers("pads", padding, padding, padding, padding));
    }

    /// <summary>Bytes as numbers.</summary>
    /// <param name="x">The bytes.</param>
    /// <param name="scale">Their scale.</param>
    /// <param name="zeroPoint">Their zero point.</param>
    /// <param name="axis">The axis that both are along; null for one.</param>
    public string Dequantize(string x, string scale, string zeroPoint, int? axis) => axis is { } along
        ? Node("DequantizeLinear", [x, scale, zeroPoint], new AttributeProto { Name = "axis", I = along, Type = AttributeProto.Types.AttributeType.Int })
        : Node("DequantizeLinear", [x, scale, zeroPoint]);

    /// <summary><c>x kernel + bias</c>, with the kernel <c>[inputs, units]</c>.</summary>
    public string Dense(string x, Tensor kernel, Tensor bias) => Node("Gemm", [x, Constant(kernel), Constant(bias)]);

    /// <summary>The largest number of each window; windows do not overlap.</summary>
    public string MaxPool(string x, int size) => Node("MaxPool", [x], Integers("kernel_shape", size, size), Integers("strides", size, size));

    /// <summary>Normalisation by remembered means and variances.</summary>
    public string BatchNormalization(string x, Tensor scale, Tensor bias, Tensor mean, Tensor variance, float epsilon) => Node(
        "BatchNormalization",
        [x, Constant(scale), Constant(bias), Constant(mean), Constant(variance)],
        Number("epsilon", epsilon));

    /// <summary>Normalisation of the last axis of each row.</summary>
    public string LayerNormalization(string x, Tensor scale, Tensor bias, float epsilon) =>
        Node("LayerNormalization", [x, Constant(scale), Constant(bias)], Number("epsilon", epsilon));

    /// <summary>Attention of all tokens to all, one op of ONNX Runtime's own: from three times <c>[batch, tokens, heads * size]</c> to the same.</summary>
    public string Attention(string query, string key, string value, int heads) => RuntimeNode(
        "MultiHeadAttention", [query, key, value], new AttributeProto { Name = "num_heads", I = heads, Type = AttributeProto.Types.AttributeType.Int });

    /// <summary>GELU with the error function, an op of ONNX Runtime's own.</summary>
    public string Gelu(string x) => RuntimeNode("Gelu", [x]);

    /// <summary>
    /// A recurrent network of bytes in both directions, an op of ONNX Runtime's own that quantises what it reads while it runs: from <c>[time, batch,
    /// features]</c> to the last states <c>[2, batch, units]</c>. Gates are in the format's order: input, output, forget, candidate.
    /// </summary>
    /// <param name="x">What it is applied to.</param>
    /// <param name="kernel">Weights <c>[2, features, 4 units]</c> and their scales <c>[2, 4 units]</c>.</param>
    /// <param name="recurrent">Weights <c>[2, units, 4 units]</c> and their scales.</param>
    /// <param name="bias">Both biases <c>[2, 8 units]</c>.</param>
    /// <param name="lengths">The lengths of the sequences, int32 <c>[batch]</c>.</param>
    /// <param name="units">The numbers of a state.</param>
    public string QuantizedLstm(string x, (Tensor Bytes, Tensor Scale) kernel, (Tensor Bytes, Tensor Scale) recurrent, Tensor bias, Tensor lengths, int units)
    {
        string zero = Constant(Tensor.Zeros(kernel.Scale.Shape, DataType.Int8));
        string states = RuntimeNode(
            "DynamicQuantizeLSTM",
            [x, Constant(kernel.Bytes), Constant(recurrent.Bytes), Constant(bias), Constant(lengths), "", "", "", Constant(kernel.Scale), zero, Constant(recurrent.Scale), zero],
            new AttributeProto { Name = "hidden_size", I = units, Type = AttributeProto.Types.AttributeType.Int },
            new AttributeProto { Name = "direction", S = ByteString.CopyFromUtf8("bidirectional"), Type = AttributeProto.Types.AttributeType.String });
        graph.Node[^1].Output.Insert(0, "");
        return states;
    }

    /// <summary>Axes in another order.</summary>
    public string Transpose(string x, params ReadOnlySpan<long> axes) => Node("Transpose", [x], Integers("perm", axes));

    /// <summary>The mean over an axis, which is dropped.</summary>
    public string Mean(string x, int axis) => Node(
        "ReduceMean", [x], Integers("axes", axis), new AttributeProto { Name = "keepdims", I = 0, Type = AttributeProto.Types.AttributeType.Int });

    /// <summary>The name of a constant.</summary>
    public string Constant(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        int type = tensor.DataType switch { DataType.UInt8 => UInt8, DataType.Int8 => Int8, DataType.Int32 => Int32, _ => Float };
        TensorProto constant = new() { Name = $"w{values++}", DataType = type };
        constant.Dims.AddRange(tensor.Shape.Select(size => (long)size));
        constant.RawData = ByteString.CopyFrom(tensor.AsBytes());
        graph.Initializer.Add(constant);
        return constant.Name;
    }

    /// <summary>An op without attributes: <c>Relu</c>, <c>Add</c>, <c>GlobalAveragePool</c>, <c>Flatten</c>, <c>Softmax</c>.</summary>
    public string Plain(string op, params string[] inputs) => Node(op, inputs);

    /// <summary>The model as bytes of a file.</summary>
    /// <param name="output">The name of the result.</param>
    /// <param name="shape">The shape of the result.</param>
    public byte[] Finish(string output, Shape shape)
    {
        graph.Output.Add(Describe(output, shape));
        ModelProto model = new() { IrVersion = IrVersion, ProducerName = "nabla", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OpsetVersion });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = RuntimeDomain, Version = 1 });
        return model.ToByteArray();
    }

    private static AttributeProto Integers(string name, params ReadOnlySpan<long> values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    private static AttributeProto Number(string name, float value) => new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float };

    private static ValueInfoProto Describe(string name, Shape shape, int elements = Float)
    {
        TensorShapeProto sizes = new();
        sizes.Dim.AddRange(shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = elements, Shape = sizes } } };
    }

    private string Node(string op, IEnumerable<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        NodeProto node = new() { OpType = op, Name = $"n{values}", Output = { $"v{values++}" } };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        graph.Node.Add(node);
        return node.Output[0];
    }

    private string RuntimeNode(string op, IEnumerable<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        string result = Node(op, inputs, attributes);
        graph.Node[^1].Domain = RuntimeDomain;
        return result;
    }
}
