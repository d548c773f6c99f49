using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>The steps that a <see cref="Trainer"/> takes with Adam, always on one batch.</summary>
internal sealed class TrainedNetwork
{
    private readonly TrainingStep step;
    private readonly Batch batch;

    /// <summary>A network before its first step.</summary>
    /// <param name="network">Ends with softmax.</param>
    /// <param name="images">The batch.</param>
    /// <param name="labels">Its classes.</param>
    /// <param name="learningRate">How far a step goes.</param>
    /// <param name="compile">Whether steps run as graphs, the default of a trainer, or op by op.</param>
    public TrainedNetwork(Sequential network, Tensor images, Tensor labels, double learningRate, bool compile)
    {
        Trainer trainer = new(network, new SparseCategoricalCrossEntropy(), new Adam(learningRate)) { Compile = compile };
        step = new TrainingStep(trainer, new FitOptions(), new ScoreKeeper(trainer.Metrics));
        batch = new Batch(images, labels);
    }

    /// <summary>Takes one step and gives the loss before it.</summary>
    public Tensor[] Step() => [Tensor.Scalar(step.Take([batch]))];
}
