using Nabla.Graphs;
using Nabla.Graphs.Json;
using Nabla.Layers;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx;

/// <summary>Traces a model with all of its inputs and outputs. Sizes that the file leaves open stay open, by the names that they have there.</summary>
/// <param name="model">The model.</param>
/// <param name="sizes">Numbers for open sizes by name.</param>
/// <param name="values">What inputs always are, by name; they are no inputs then.</param>
internal sealed class OnnxTracing(LoadedModel model, IReadOnlyDictionary<string, int> sizes, IReadOnlyDictionary<string, Tensor> values)
{
    private const string Batch = "batch";

    /// <summary>The network.</summary>
    /// <exception cref="ArgumentException">There is no such size or input, or an input has no known number of axes.</exception>
    /// <exception cref="NotSupportedException">What is computed depends on the open sizes by more than sizes.</exception>
    public GraphNetwork Run()
    {
        GraphInput[] inputs = [.. model.Inputs.Where(input => !values.ContainsKey(input.Name)).Select(Describe)];
        Require("size", sizes.Keys, OpenSizes());
        Require("input", values.Keys, model.Inputs.Select(input => input.Name));
        OnnxNetwork network = new(model);
        return GraphNetwork.Trace(network, given => network.Compute(Complete(given)), inputs, [.. model.Graph.Output.Select(output => output.Name)]);
    }

    /// <summary>The names of the sizes that the file leaves open.</summary>
    public IEnumerable<string> OpenSizes() => model.Inputs
        .Where(input => input.Type?.TensorType?.Shape is not null)
        .SelectMany(input => input.Type.TensorType.Shape.Dim.Select((dimension, axis) => OpenName(input.Name, dimension, axis)))
        .OfType<string>().Distinct();

    private Tensor[] Complete(Tensor[] given)
    {
        int next = 0;
        return [.. model.Inputs.Select(input => values.TryGetValue(input.Name, out Tensor? value) ? value : given[next++])];
    }

    private GraphInput Describe(ValueInfoProto input)
    {
        TensorShapeProto shape = input.Type?.TensorType?.Shape
            ?? throw new ArgumentException($"{model.File} does not say how many axes its input '{input.Name}' has.");
        DataType type = OnnxModel.Describe(input).Type ?? throw new ArgumentException($"{model.File} has an input '{input.Name}' that is no tensor of numbers.");
        return new GraphInput(input.Name, type, [.. shape.Dim.Select((dimension, axis) => Describe(input.Name, dimension, axis))]);
    }

    private GraphSize Describe(string input, TensorShapeProto.Types.Dimension dimension, int axis) =>
        OpenName(input, dimension, axis) is not { } name ? NodeCall.Size(dimension.DimValue)
        : sizes.TryGetValue(name, out int size) ? size
        : name;

    // A size without a name is the batch where it stands first.
    private static string? OpenName(string input, TensorShapeProto.Types.Dimension dimension, int axis) => dimension.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => null,
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam when dimension.DimParam.Length > 0 => Cleaned(dimension.DimParam),
        _ => axis == 0 ? Batch : Cleaned($"{input}_{axis}"),
    };

    private static string Cleaned(string name)
    {
        string letters = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
        return SizeText.IsName(letters) ? letters : $"_{letters}";
    }

    private void Require(string what, IEnumerable<string> given, IEnumerable<string> known)
    {
        if (given.Except(known).FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException($"{model.File} has no {what} '{unknown}': it has {string.Join(", ", known.DefaultIfEmpty("none"))}.");
        }
    }
}
