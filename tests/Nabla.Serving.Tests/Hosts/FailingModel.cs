using Nabla.Formats;
using Nabla.Serving.Models;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Tests.Hosts;

/// <summary>Answers with its input where that is from 0 to 1, as it is when a model is tried, and fails at everything else.</summary>
internal sealed class FailingModel : IServedModel, IModelRunner
{
    public string Platform => "failing";

    public IReadOnlyList<TensorSpec> Inputs { get; } = [new("x", DataType.Float32, [-1, 1])];

    public IReadOnlyList<TensorSpec> Outputs { get; } = [new("y", DataType.Float32, [-1, 1])];

    public bool Batches => true;

    public long WeightBytes => 0;

    public long ArenaBytes => 0;

    public SavedModel? Saved => null;

    public IModelRunner CreateRunner() => this;

    public Tensor[] Run(params ReadOnlySpan<Tensor> inputs) => inputs[0].ToArray<float>().All(value => value is >= 0 and <= 1)
        ? [inputs[0]]
        : throw new InvalidOperationException("the model is broken");
}
