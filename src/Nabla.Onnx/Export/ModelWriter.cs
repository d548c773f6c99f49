using System.Globalization;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Export;

/// <summary>What all graphs of a model that is written share: the operator set, names, and tensors.</summary>
internal sealed class ModelWriter(int opset)
{
    private readonly HashSet<string> names = [];
    private readonly Dictionary<string, int> counts = [];
    private readonly Dictionary<string, string> constants = [];
    private readonly Dictionary<string, Tensor> weights = [];

    /// <summary>The version of the operator set.</summary>
    public int Opset => opset;

    /// <summary>The tensors of the model by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => weights;

    /// <summary>What is computed before everything else, from the inputs alone.</summary>
    public List<NodeProto> Prologue { get; } = [];

    /// <summary>A name that nothing has yet: the one that is wished for, or that with a number.</summary>
    public string Unique(string wish)
    {
        string name = wish;
        while (name.Length == 0 || !names.Add(name))
        {
            counts[wish] = counts.GetValueOrDefault(wish) + 1;
            name = $"{wish}_{counts[wish]}";
        }

        return name;
    }

    /// <summary>Adds a tensor, and gives its name.</summary>
    public string Weight(string wish, Tensor tensor)
    {
        string name = Unique(wish);
        weights[name] = tensor;
        return name;
    }

    /// <summary>A list of int64 numbers.</summary>
    public string Integers(params IReadOnlyList<long> values) =>
        Constant($"list {string.Join(',', values)}", "sizes", () => Tensor.From([.. values], [values.Count]));

    /// <summary>One number without axes.</summary>
    public string Scalar(double value, DataType dataType = DataType.Float32) =>
        Constant($"{dataType.Label} {value.ToString("R", CultureInfo.InvariantCulture)}", "number", () => Tensor.Scalar(value).To(dataType));

    /// <summary>A tensor that is there once, whoever asks for it by its key.</summary>
    public string Constant(string key, string wish, Func<Tensor> tensor) =>
        constants.TryGetValue(key, out string? known) ? known : constants[key] = Weight(wish, tensor());
}
