using Nabla.Formats;
using Nabla.Layers;
using Nabla.Onnx.Protos;
using Nabla.Transforms;

namespace Nabla.Onnx;

/// <summary>An input or output of an ONNX model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements in memory; null when the file does not say or tensors have no such elements.</param>
/// <param name="Dimensions">Its dimensions, -1 where the file leaves one open; null when the file does not say how many there are.</param>
public sealed record OnnxValue(string Name, DataType? Type, IReadOnlyList<int>? Dimensions);

/// <summary>
/// A model in the ONNX format (onnx.ai, operator sets 7 to 27 of the default domain), computed with the library's own ops: it runs, has gradients and is
/// compiled like any other function of tensors. Images stay <c>[batch, channels, height, width]</c> as the format has them.
/// </summary>
/// <example>
/// <code>
/// OnnxModel model = OnnxModel.Load("mnist.onnx");
/// Tensor scores = model.Run(image)[0];
/// </code>
/// </example>
public sealed class OnnxModel
{
    private readonly LoadedModel model;
    private readonly CompiledFunction compiled;

    private OnnxModel(LoadedModel model)
    {
        this.model = model;
        Inputs = [.. model.Inputs.Select(Describe)];
        Outputs = [.. model.Graph.Output.Select(Describe)];
        compiled = Compilation.Compile(inputs => Compute(inputs));
    }

    /// <summary>What goes in, in order; weights are no inputs.</summary>
    public IReadOnlyList<OnnxValue> Inputs { get; }

    /// <summary>What comes out, in order.</summary>
    public IReadOnlyList<OnnxValue> Outputs { get; }

    /// <summary>The weights by name, as the file has them.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => model.Weights;

    /// <summary>The version of the default operator set that the model was written for.</summary>
    public int Opset => model.OpsetOf("");

    /// <summary>The names of the sizes of inputs that the file leaves open, letters, digits and _ alone; one without a name is the batch where it stands first.</summary>
    public IReadOnlyList<string> OpenSizes => [.. new OnnxTracing(model, new Dictionary<string, int>(), new Dictionary<string, Tensor>()).OpenSizes()];

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file; data that it keeps outside is looked for in its folder alone.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidFileException">It is no ONNX model.</exception>
    /// <exception cref="NotSupportedException">Operators are missing; the message names all of them with node, domain and opset.</exception>
    public static OnnxModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new OnnxModel(LoadedModel.Parse(File.ReadAllBytes(path), path, Path.GetDirectoryName(Path.GetFullPath(path))));
    }

    /// <summary>Reads a model that is in memory.</summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="name">What errors call it.</param>
    /// <inheritdoc cref="Load"/>
    public static OnnxModel Parse(byte[] bytes, string name)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new OnnxModel(LoadedModel.Parse(bytes, name, folder: null));
    }

    /// <summary>The outputs for inputs in order, node by node; a tape or a tracer that listens sees the library's ops.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit; the message names the node.</exception>
    public Tensor[] Compute(params Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Length > Inputs.Count)
        {
            throw new ArgumentException($"{model.File} expects {Inputs.Count} inputs but got {inputs.Length}.", nameof(inputs));
        }

        OnnxData[] outputs = ComputeData([.. inputs.Select((input, index) => new TensorData(Checked(input, Inputs[index]), model.TypeOfInput(index)))]);
        return [.. outputs.Select((output, index) => output is TensorData data
            ? data.Tensor
            : throw new NotSupportedException($"{model.File} gives {output.Label} as output '{Outputs[index].Name}', which is no tensor of numbers."))];
    }

    /// <summary>The outputs for inputs in order, as a compiled graph, one for each signature of the inputs.</summary>
    /// <exception cref="InvalidOperationException">A shape depends on the values of inputs: use <see cref="Compute"/>.</exception>
    public Tensor[] Run(params Tensor[] inputs) => compiled.Invoke(inputs);

    /// <summary>The model as a module whose weights can be trained further.</summary>
    /// <param name="output">The output that its forward pass gives; null for the first.</param>
    /// <exception cref="ArgumentException">There is no such output.</exception>
    public OnnxNetwork ToNetwork(string? output = null) => new(model, output);

    /// <summary>The model as a graph of all of its inputs and outputs, which a model folder keeps; its weights can be trained further.</summary>
    /// <param name="sizes">Numbers for <see cref="OpenSizes"/> that are not to stay open; null for none.</param>
    /// <param name="values">What inputs always are, which are no inputs then; null for none.</param>
    /// <exception cref="ArgumentException">There is no such size or input, or the file does not say how many axes an input has.</exception>
    /// <exception cref="NotSupportedException">What is computed depends on the open sizes by more than sizes: give them.</exception>
    /// <exception cref="InvalidOperationException">A shape depends on the values of an input: give the input's value.</exception>
    public GraphNetwork ToGraph(IReadOnlyDictionary<string, int>? sizes = null, IReadOnlyDictionary<string, Tensor>? values = null) =>
        new OnnxTracing(model, sizes ?? new Dictionary<string, int>(), values ?? new Dictionary<string, Tensor>()).Run();

    /// <summary>The outputs for inputs of any kind in order.</summary>
    internal OnnxData[] ComputeData(IReadOnlyList<OnnxData> inputs) => new Interpreter(model).Run(
        model.Inputs.Zip(inputs).ToDictionary(pair => pair.First.Name, pair => pair.Second), model.Weights);

    /// <summary>What is known about an input or output.</summary>
    internal static OnnxValue Describe(ValueInfoProto value)
    {
        TypeProto.Types.Tensor? tensor = value.Type?.TensorType;
        int[]? dimensions = tensor?.Shape is { } shape
            ? [.. shape.Dim.Select(dimension => dimension.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue ? NodeCall.Size(dimension.DimValue) : -1)]
            : null;
        return new OnnxValue(value.Name, tensor is null ? null : OnnxTypes.InMemory(tensor.ElemType), dimensions);
    }

    private Tensor Checked(Tensor tensor, OnnxValue input)
    {
        bool fits = (input.Type is null || tensor.DataType == input.Type)
            && (input.Dimensions is not { } dimensions
                || (dimensions.Count == tensor.Rank && dimensions.Zip(tensor.Shape).All(pair => pair.First < 0 || pair.First == pair.Second)));
        string expected = input.Dimensions is null ? "" : $" [{string.Join(", ", input.Dimensions.Select(size => size < 0 ? "?" : $"{size}"))}]";
        return fits
            ? tensor
            : throw new ArgumentException($"{model.File} expects input '{input.Name}' {input.Type?.Label}{expected} but got {tensor.Type}.");
    }
}
