using Nabla.Data;

namespace Nabla.Training;

/// <summary>
/// Finds a good learning rate: takes some steps while the learning rate rises exponentially, and looks where the loss falls fastest (Smith, Cyclical Learning
/// Rates for Training Neural Networks, 2017). Model and optimizer are as before when it is done.
/// </summary>
/// <example>
/// <code>
/// LearningRateCurve curve = new LearningRateFinder().Run(trainer, train);
/// trainer.Optimizer.LearningRate = curve.Suggestion;
/// </code>
/// </example>
public sealed record LearningRateFinder
{
    private const double Smoothing = 0.95;
    private const double LostFactor = 4;

    /// <summary>The learning rate of the first step, above 0.</summary>
    public double Lowest { get; init => field = Limits.Positive(value, nameof(Lowest)); } = 1e-6;

    /// <summary>The learning rate of the last step, above 0.</summary>
    public double Highest { get; init => field = Limits.Positive(value, nameof(Highest)); } = 10;

    /// <summary>The steps at most, 10 or more; fewer when the loss explodes before.</summary>
    public int Steps { get; init => field = Limits.AtLeast(10, value, nameof(Steps)); } = 100;

    /// <summary>How steps are taken: batch size, seed, class weights. Its epochs, callbacks and checkpoints do not count.</summary>
    public FitOptions Options { get; init; } = new();

    /// <summary>Takes the steps.</summary>
    /// <param name="trainer">What would train.</param>
    /// <param name="train">What it would learn from, over and over if there are few samples.</param>
    /// <param name="cancellationToken">Stops it; model and optimizer are put back all the same.</param>
    /// <exception cref="InvalidOperationException">The optimizer has a schedule.</exception>
    /// <exception cref="TrainingException">The loss is not finite at the lowest learning rates already.</exception>
    public LearningRateCurve Run(Trainer trainer, Dataset<Sample> train, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(train);
        ScheduleConflict.Refuse(trainer.Optimizer, nameof(LearningRateFinder));
        FitCheck.Run(trainer, train, null, Options with { Callbacks = [], Checkpoints = null });
        IReadOnlyDictionary<string, Tensor> weights = trainer.Model.State();
        IReadOnlyDictionary<string, Tensor> state = trainer.Optimizer.State;
        (int step, double rate) = (trainer.Optimizer.Step, trainer.Optimizer.LearningRate);
        try
        {
            return Follow(trainer, train, cancellationToken);
        }
        finally
        {
            trainer.Model.Load(weights);
            trainer.Optimizer.Restore(step, state);
            trainer.Optimizer.LearningRate = rate;
        }
    }

    private LearningRateCurve Follow(Trainer trainer, Dataset<Sample> train, CancellationToken cancellationToken)
    {
        TrainingStep step = new(trainer, Options, new ScoreKeeper([]));
        List<double> rates = [];
        List<double> losses = [];
        (double mean, double best) = (0, double.PositiveInfinity);
        foreach (Batch[] group in Groups(train).Take(Steps))
        {
            cancellationToken.ThrowIfCancellationRequested();
            trainer.Optimizer.LearningRate = Lowest * Math.Pow(Highest / Lowest, rates.Count / (Steps - 1.0));
            if (!TryTake(step, group, rates.Count, out double loss))
            {
                break;
            }

            mean = (mean * Smoothing) + (loss * (1 - Smoothing));
            rates.Add(trainer.Optimizer.LearningRate);
            losses.Add(mean / (1 - Math.Pow(Smoothing, rates.Count)));
            best = Math.Min(best, losses[^1]);
            if (losses[^1] > LostFactor * Math.Abs(best))
            {
                break;
            }
        }

        return new LearningRateCurve(rates, losses);
    }

    private static bool TryTake(TrainingStep step, Batch[] group, int taken, out double loss)
    {
        try
        {
            loss = step.Take(group);
            return true;
        }
        catch (TrainingException) when (taken >= LearningRateCurve.Fewest)
        {
            loss = double.NaN;
            return false;
        }
    }

    private IEnumerable<Batch[]> Groups(Dataset<Sample> train)
    {
        Dataset<Batch> batches = Options.BatchesOf(train);
        return Enumerable.Range(1, int.MaxValue - 1).SelectMany(epoch => batches.Epoch(epoch).Chunk(Options.GradientAccumulation));
    }
}
