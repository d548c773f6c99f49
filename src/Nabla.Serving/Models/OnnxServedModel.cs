using Nabla.Formats;
using Nabla.Onnx;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Models;

/// <summary>A model in the ONNX format.</summary>
internal sealed class OnnxServedModel : IServedModel
{
    private readonly OnnxModel model;

    /// <param name="model">The model.</param>
    /// <param name="path">What errors call it.</param>
    /// <exception cref="InvalidFileException">An input or output is no tensor that can be sent.</exception>
    public OnnxServedModel(OnnxModel model, string path)
    {
        this.model = model;
        Inputs = [.. model.Inputs.Select(value => Spec(value, path))];
        Outputs = [.. model.Outputs.Select(value => Spec(value, path))];
        Batches = Inputs.Concat(Outputs).All(spec => spec.Dimensions is [-1, ..]);
        WeightBytes = model.Weights.Values.Sum(weight => weight.Type.ByteCount);
    }

    /// <inheritdoc/>
    public string Platform => "onnx";

    /// <inheritdoc/>
    public IReadOnlyList<TensorSpec> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorSpec> Outputs { get; }

    /// <inheritdoc/>
    public bool Batches { get; }

    /// <inheritdoc/>
    public long WeightBytes { get; }

    /// <inheritdoc/>
    public SavedModel? Saved => null;

    /// <inheritdoc/>
    public IModelRunner CreateRunner() => new CompiledRunner(model.Compute);

    private static TensorSpec Spec(OnnxValue value, string path) => value is { Type: { } type, Dimensions: { } sizes }
        ? new TensorSpec(value.Name, type, sizes)
        : throw new InvalidFileException(path, FilePosition.None, $"expected '{value.Name}' to be a tensor of numbers with a known number of dimensions, got something else");
}
