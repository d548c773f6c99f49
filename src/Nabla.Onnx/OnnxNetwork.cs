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

    internal OnnxNetwork(LoadedModel model)
    {
        this.model = model;
        foreach (string name in model.Graph.Node.SelectMany(LearntInputs).Distinct())
        {
            if (model.Weights.TryGetValue(name, out Tensor? weight) && weight.DataType.IsFloating)
            {
                parameters[name] = Register(name.Replace('.', '/'), weight);
            }
        }
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        if (model.Inputs.Count != 1)
        {
            throw new InvalidOperationException($"{model.File} has {model.Inputs.Count} inputs, and a module has one: use OnnxModel.Compute.");
        }

        Dictionary<string, Tensor> weights = new(model.Weights);
        foreach ((string weight, Parameter parameter) in parameters)
        {
            weights[weight] = parameter.Value;
        }

        TensorData data = new(input, model.TypeOfInput(0));
        OnnxData output = new Interpreter(model).Run(new Dictionary<string, OnnxData> { [model.Inputs[0].Name] = data }, weights)[0];
        return output is TensorData { Tensor: var result }
            ? result
            : throw new InvalidOperationException($"{model.File} gives {output.Label}, and a module gives a tensor of numbers.");
    }

    private static IEnumerable<string> LearntInputs(NodeProto node) =>
        Learnt.TryGetValue(node.OpType, out int[]? places) ? places.Where(place => place < node.Input.Count).Select(place => node.Input[place]) : [];
}
