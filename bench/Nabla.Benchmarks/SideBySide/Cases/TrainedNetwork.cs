using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Transforms;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>Steps of training a classifier on one batch with Adam, as the trainer takes them.</summary>
internal sealed class TrainedNetwork(Sequential network, Tensor images, Tensor labels, double learningRate)
{
    private readonly SparseCategoricalCrossEntropy loss = new();
    private readonly Adam adam = new(learningRate);
    private readonly KeyValuePair<string, Parameter>[] parameters = [.. network.TrainableParameters];

    /// <summary>Takes one step and gives the loss before it.</summary>
    public Tensor[] Step()
    {
        ForwardContext context = new(training: true, RandomKey.FromSeed(1).Fold(adam.Step));
        (Tensor value, Tensor[] gradients) = Gradients.ValueAndGradient(
            () => loss.PerSample(network.Forward(images, context), labels).Mean(),
            [.. parameters.Select(parameter => parameter.Value.Value)]);
        adam.Apply(parameters, gradients);
        context.ApplyUpdates();
        return [value];
    }
}
