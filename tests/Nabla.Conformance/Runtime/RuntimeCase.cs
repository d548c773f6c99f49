using Nabla.Onnx.Protos;

namespace Nabla.Conformance.Runtime;

/// <summary>One operator with inputs. Those whose names begin with <c>w</c> are weights of the model; null stands for one that is left out.</summary>
/// <param name="Name">What it is called, after the operator.</param>
/// <param name="Opset">The operator set of the model.</param>
/// <param name="Operator">The operator.</param>
/// <param name="Outputs">How many results are asked for.</param>
/// <param name="Inputs">The inputs in order.</param>
/// <param name="Attributes">The attributes.</param>
internal sealed record RuntimeCase(string Name, int Opset, string Operator, int Outputs, TensorProto?[] Inputs, params AttributeProto[] Attributes)
{
    private const int Representation = 8;

    /// <summary>The inputs that the model is given.</summary>
    public IReadOnlyList<TensorProto> Given => [.. Inputs.OfType<TensorProto>().Where(input => !IsWeight(input))];

    /// <summary>The model, whose outputs have no types yet.</summary>
    public ModelProto ToModel()
    {
        NodeProto node = new() { OpType = Operator, Name = Operator };
        node.Input.AddRange(Inputs.Select(input => input?.Name ?? ""));
        node.Output.AddRange(Enumerable.Range(0, Outputs).Select(index => $"y{index}"));
        node.Attribute.AddRange(Attributes);
        ModelProto model = new() { IrVersion = Representation, ProducerName = "nabla", Graph = new GraphProto { Name = Name } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        model.Graph.Node.Add(node);
        model.Graph.Input.AddRange(Given.Select(input => new ValueInfoProto { Name = input.Name, Type = TypeOf(input) }));
        model.Graph.Initializer.AddRange(Inputs.OfType<TensorProto>().Where(IsWeight));
        model.Graph.Output.AddRange(node.Output.Select(name => new ValueInfoProto { Name = name }));
        return model;
    }

    /// <summary>The type and sizes of a tensor.</summary>
    public static TypeProto TypeOf(TensorProto tensor)
    {
        TensorShapeProto shape = new();
        shape.Dim.AddRange(tensor.Dims.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = tensor.DataType, Shape = shape } };
    }

    private static bool IsWeight(TensorProto input) => input.Name.StartsWith('w');
}
