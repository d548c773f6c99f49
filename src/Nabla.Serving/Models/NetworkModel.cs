using Nabla.Formats;
using Nabla.Layers;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Models;

/// <summary>A model folder or <c>.nabla</c> file.</summary>
/// <param name="saved">The model.</param>
/// <param name="owned">The parameters that it shares with no other model; null for all.</param>
internal sealed class NetworkModel(SavedModel saved, IEnumerable<Parameter>? owned = null) : IServedModel
{
    /// <inheritdoc/>
    public string Platform => "nabla_network";

    /// <inheritdoc/>
    public IReadOnlyList<TensorSpec> Inputs { get; } = [.. saved.Signature.Inputs.Select(Spec)];

    /// <inheritdoc/>
    public IReadOnlyList<TensorSpec> Outputs { get; } = [.. saved.Signature.Outputs.Select(Spec)];

    /// <inheritdoc/>
    public bool Batches => true;

    /// <inheritdoc/>
    public long WeightBytes { get; } = (owned ?? saved.Network.Parameters).Sum(parameter => parameter.Type.ByteCount);

    /// <inheritdoc/>
    public SavedModel? Saved => saved;

    /// <inheritdoc/>
    public IModelRunner CreateRunner() => new CompiledRunner(inputs => [saved.Network.Forward(inputs[0])]);

    private static TensorSpec Spec(SignatureTensor tensor) => new(tensor.Name, tensor.Type, [-1, .. tensor.Shape]);
}
