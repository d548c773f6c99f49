using Nabla.Data;

namespace Nabla.Training;

/// <summary>Uses a model as it is: scores and answers for whole datasets.</summary>
internal static class Evaluation
{
    private const int BatchSize = 256;
    private const int WaitingBatches = 4;

    /// <summary>The scores over all samples.</summary>
    public static Scores Score(Trainer trainer, Dataset<Sample> samples, CancellationToken cancellationToken = default)
    {
        ScoreKeeper scores = new(trainer.Metrics);
        scores.Reset();
        foreach ((Batch batch, Tensor outputs) in Outputs(trainer, samples))
        {
            WeightedBatch weighted = new(batch);
            Tensor loss = EagerPass.WeightedMean(trainer.Loss, outputs, weighted.Targets, weighted.Shares(weighted.Total));
            scores.Add(batch, outputs, loss.ToDouble(), weighted.Total);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return scores.Samples > 0 ? scores.Scores : throw new ArgumentException("The dataset has no samples to judge the model by.");
    }

    /// <summary>The answers, batch by batch.</summary>
    public static IEnumerable<(Batch Batch, Tensor Outputs)> Outputs(Trainer trainer, Dataset<Sample> samples) =>
        samples.Batch(BatchSize).Prefetch(WaitingBatches).Epoch(0).Select(batch => (batch, trainer.Inference(batch.Input)));
}
