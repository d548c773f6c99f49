using Nabla.Data;
using Nabla.Optimizers;
using Nabla.Schedules;
using Nabla.Training;

namespace Nabla.Cli.Compression;

/// <summary>How a model is trained further: AdamW without decay, whose steps fall to zero along a cosine.</summary>
/// <param name="Epochs">How often all samples are learnt from; 0 for not at all.</param>
/// <param name="Batch">The samples of a step.</param>
/// <param name="LearningRate">How far one step goes at first.</param>
/// <param name="Seed">Decides the order, and whatever else is drawn.</param>
internal sealed record FurtherTraining(int Epochs, int Batch, double LearningRate, long Seed)
{
    private const double WeightDecay = 0;

    /// <summary>The steps over some samples; at least one: a schedule expects so, also where nothing is trained.</summary>
    public int StepsOver(Dataset<Sample> samples) =>
        (int)Math.Clamp((long)Epochs * (((samples.Count ?? Batch) + Batch - 1) / Batch), 1, int.MaxValue);

    /// <summary>The optimizer for some samples.</summary>
    /// <param name="samples">To learn from.</param>
    /// <param name="groups">What learns faster or slower than the rest; null for nothing.</param>
    public AdamW CreateOptimizer(Dataset<Sample> samples, IReadOnlyList<ParameterGroup>? groups = null) =>
        new(LearningRate, WeightDecay) { Schedule = new CosineDecay(LearningRate, StepsOver(samples)), Groups = groups ?? [] };

    /// <summary>Trains, if there is an epoch to train for.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="samples">To learn from.</param>
    /// <param name="test">To be judged by after each epoch.</param>
    /// <param name="callbacks">Follow training.</param>
    /// <param name="cancellationToken">Ends training.</param>
    public void Fit(
        Trainer trainer, Dataset<Sample> samples, Dataset<Sample> test, IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken)
    {
        if (Epochs > 0)
        {
            trainer.Fit(samples, test, new FitOptions { Epochs = Epochs, BatchSize = Batch, Seed = Seed, Callbacks = callbacks }, cancellationToken);
        }
    }
}
