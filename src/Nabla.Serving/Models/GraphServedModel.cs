using Nabla.Formats;
using Nabla.Graphs;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Models;

/// <summary>A model folder or <c>.nabla</c> file of several inputs or outputs.</summary>
internal sealed class GraphServedModel(SavedGraph saved) : IServedModel
{
    /// <inheritdoc/>
    public string Platform => "nabla_graph";

    /// <inheritdoc/>
    public IReadOnlyList<TensorSpec> Inputs { get; } = [.. saved.Network.Inputs.Select(input => new TensorSpec(input.Name, input.Type, [.. input.Sizes.Select(size => size.Number ?? -1)]))];

    /// <inheritdoc/>
    public IReadOnlyList<TensorSpec> Outputs { get; } = [.. saved.Network.Outputs.Select(output => new TensorSpec(output.Name, output.Type, output.Dimensions))];

    /// <inheritdoc/>
    public bool Batches { get; } = HasBatch(saved.Network.Inputs, saved.Network.Outputs);

    /// <inheritdoc/>
    public long WeightBytes { get; } = saved.Network.Parameters.Sum(parameter => parameter.Type.ByteCount);

    /// <inheritdoc/>
    public SavedModel? Saved => null;

    /// <inheritdoc/>
    public IModelRunner CreateRunner() => new CompiledRunner(saved.Network.Compute);

    // One open size stands first everywhere, and nowhere else.
    private static bool HasBatch(IReadOnlyList<GraphInput> inputs, IReadOnlyList<GraphOutput> outputs) =>
        inputs[0].Sizes is [{ Name: { } batch }, ..]
        && inputs.All(input => input.Sizes.Count > 0 && input.Sizes[0].Name == batch && input.Sizes.Skip(1).All(size => size.Name != batch))
        && outputs.All(output => output.Shape.Count > 0 && output.Shape[0].Name == batch && output.Shape.Skip(1).All(size => !size.Names.Contains(batch)));
}
