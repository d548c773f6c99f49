using Nabla.Layers;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx;

/// <summary>
/// An ONNX model as a module, to be trained further: its weights are parameters. Freeze it, or single parameters, to keep what it knows; statistics of
/// batch normalisation stay as they are. Names of weights are those of the file, dots replaced by slashes.
/// </summary>
/// <example>
/// <code>
/// OnnxNetwork network = OnnxModel.Load("mnist.onnx").ToNetwork();
/// Trainer trainer = new(network, new SparseCategoricalCrossEntropy(fromLogits: true), new Adam(1e-4));
/// </code>
/// </example>
public sealed class OnnxNetwork : Module
{
    // Where learnt weights stand among the inputs of operators that have some.
    private static readonly Dictionary<string, int[]> Learnt = new()
    {
        ["Add"] = [0, 1],
        ["BatchNormalization"] = [1, 2],
        ["Conv"] = [1, 2],
        ["ConvTranspose"] = [1, 2],
        ["Gather"] = [0],
        ["Gemm"] = [1, 2],
        ["GroupNormalization"] = [1, 2],
        ["GRU"] = [1, 2, 3],
        ["InstanceNormalization"] = [1, 2],
        ["LayerNormalization"] = [1, 2],
        ["LSTM"] = [1, 2, 3],
        ["MatMul"] = [0, 1],
        ["Mul"] = [0, 1],
        ["PRelu"] = [1],
        ["RMSNormalization"] = [1],
        ["RNN"] = [1, 2, 3],
    };

    private readonly LoadedModel model;
    private readonly Dictionary<string, Parameter> parameters = [];
    private readonly int output;

    /// <summary>A module of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="output">The output that a forward pass gives; null for the first.</param>
    /// <exception cref="ArgumentException">There is no such output.</exception>
    internal OnnxNetwork(LoadedModel model, string? output = null)
    {
        this.model = model;
        string[] outputs = [.. model.Graph.Output.Select(value => value.Name)];
        this.output = output is null ? 0 : Array.IndexOf(outputs, output);
        if (this.output < 0)
        {
            throw new ArgumentException($"{model.File} has no output '{output}': it has {string.Join(", ", outputs)}.", nameof(output));
        }

        foreach (string name in model.Graph.Node.SelectMany(LearntInputs).Distinct())
        {
            if (model.Weights.TryGetValue(name, out Tensor? weight) && weight.DataType.IsFloating)
            {
                parameters[name] = Register(name.Replace('.', '/'), weight);
            }
        }
    }

    /// <summary>All outputs for inputs in order, with the weights as they are now; a tape or a tracer that listens sees the library's ops.</summary>
    /// <exception cref="ArgumentException">There are more or fewer inputs, or they do not fit; the message names the node.</exception>
    public Tensor[] Compute(params Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs.Length == model.Inputs.Count
            ? [.. Run(inputs).Select(TensorOf)]
            : throw new ArgumentException($"{model.File} expects {model.Inputs.Count} inputs but got {inputs.Length}.", nameof(inputs));
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => model.Inputs.Count == 1
        ? TensorOf(Run([input])[output])
        : throw new InvalidOperationException($"{model.File} has {model.Inputs.Count} inputs, and a forward pass has one: use Compute.");

    private OnnxData[] Run(Tensor[] inputs)
    {
        Dictionary<string, Tensor> weights = new(model.Weights);
        foreach ((string weight, Parameter parameter) in parameters)
        {
            weights[weight] = parameter.Value;
        }

        Dictionary<string, OnnxData> given = [];
        foreach ((int index, Tensor input) in inputs.Index())
        {
            given[model.Inputs[index].Name] = new TensorData(input, model.TypeOfInput(index));
        }

        return new Interpreter(model).Run(given, weights);
    }

    private Tensor TensorOf(OnnxData data) => data is TensorData { Tensor: var tensor }
        ? tensor
        : throw new InvalidOperationException($"{model.File} gives {data.Label}, and a module gives tensors of numbers.");

    private static IEnumerable<string> LearntInputs(NodeProto node) =>
        Learnt.TryGetValue(node.OpType, out int[]? places) ? places.Where(place => place < node.Input.Count).Select(place => node.Input[place]) : [];
}
