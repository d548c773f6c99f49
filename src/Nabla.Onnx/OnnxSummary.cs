using Nabla.Formats;

namespace Nabla.Onnx;

/// <summary>How many nodes of a model are of one operator.</summary>
/// <param name="Domain">The domain; <c>ai.onnx</c> for the default one.</param>
/// <param name="Name">The operator, such as <c>Conv</c>.</param>
/// <param name="Nodes">The nodes, those of graphs within nodes and of the model's functions too.</param>
/// <param name="IsSupported">Whether Nabla computes it, or the model says how itself.</param>
public sealed record OnnxOperatorCount(string Domain, string Name, int Nodes, bool IsSupported);

/// <summary>What is in an ONNX file. It is read also where operators are missing.</summary>
public sealed record OnnxSummary
{
    /// <summary>The program that wrote the file, with its version; empty when the file does not say.</summary>
    public required string Producer { get; init; }

    /// <summary>The version of the operator set of each domain; <c>ai.onnx</c> is the default one.</summary>
    public required IReadOnlyDictionary<string, int> Opsets { get; init; }

    /// <summary>What goes in, in order; weights are no inputs.</summary>
    public required IReadOnlyList<OnnxValue> Inputs { get; init; }

    /// <summary>What comes out, in order.</summary>
    public required IReadOnlyList<OnnxValue> Outputs { get; init; }

    /// <summary>How many tensors the file holds.</summary>
    public required int Weights { get; init; }

    /// <summary>How many numbers those have together.</summary>
    public required long WeightNumbers { get; init; }

    /// <summary>The operators in the order of their names.</summary>
    public required IReadOnlyList<OnnxOperatorCount> Operators { get; init; }

    /// <summary>Reads what is in a file.</summary>
    /// <param name="path">The file; data that it keeps outside is looked for in its folder alone.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidFileException">It is no ONNX model.</exception>
    public static OnnxSummary Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        LoadedModel model = LoadedModel.Read(File.ReadAllBytes(path), path, Path.GetDirectoryName(Path.GetFullPath(path)));
        return new OnnxSummary
        {
            Producer = $"{model.Proto.ProducerName} {model.Proto.ProducerVersion}".Trim(),
            Opsets = model.Opsets,
            Inputs = [.. model.Inputs.Select(OnnxModel.Describe)],
            Outputs = [.. model.Graph.Output.Select(OnnxModel.Describe)],
            Weights = model.Weights.Count,
            WeightNumbers = model.Weights.Values.Sum(weight => (long)weight.ElementCount),
            Operators = [.. model.AllNodes.GroupBy(node => (Domain: LoadedModel.Normalized(node.Domain), node.OpType))
                .Select(group => new OnnxOperatorCount(group.Key.Domain, group.Key.OpType, group.Count(), group.All(model.Computes)))
                .OrderBy(row => row.Domain, StringComparer.Ordinal).ThenBy(row => row.Name, StringComparer.Ordinal)],
        };
    }
}
