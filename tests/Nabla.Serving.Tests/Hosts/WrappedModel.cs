using Nabla.Formats;
using Nabla.Serving.Models;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Tests.Hosts;

/// <summary>Another model, which tests see or change the making of runners of.</summary>
internal abstract class WrappedModel(IServedModel model) : IServedModel
{
    public string Platform => model.Platform;

    public IReadOnlyList<TensorSpec> Inputs => model.Inputs;

    public IReadOnlyList<TensorSpec> Outputs => model.Outputs;

    public bool Batches => model.Batches;

    public long WeightBytes => model.WeightBytes;

    public SavedModel? Saved => model.Saved;

    public virtual IModelRunner CreateRunner() => model.CreateRunner();
}
