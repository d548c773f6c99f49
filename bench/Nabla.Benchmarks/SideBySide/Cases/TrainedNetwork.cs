using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>The steps that a <see cref="Trainer"/> takes with Adam.</summary>
internal sealed class TrainedNetwork
{
    private readonly TrainingStep step;
    private readonly Batch[][] batches;
    private int next;

    /// <summary>A network before its first step.</summary>
    /// <param name="network">Ends with softmax.</param>
    /// <param name="batches">What the steps go round.</param>
    /// <param name="learningRate">How far a step goes.</param>
    /// <param name="compile">Whether steps run as graphs, the default of a trainer, or op by op.</param>
    public TrainedNetwork(Sequential network, IReadOnlyList<(Tensor Images, Tensor Labels)> batches, double learningRate, bool compile)
    {
        Trainer trainer = new(network, new SparseCategoricalCrossEntropy(), new Adam(learningRate)) { Compile = compile };
        step = new TrainingStep(trainer, new FitOptions(), new ScoreKeeper(trainer.Metrics));
        this.batches = [.. batches.Select(batch => new[] { new Batch(batch.Images, batch.Labels) })];
    }

    /// <summary>Takes one step and gives the loss before it.</summary>
    public Tensor[] Step() => [Tensor.Scalar(step.Take(batches[next++ % batches.Length]))];
}
