using Nabla.Data;
using Nabla.Transforms;

namespace Nabla.Training;

/// <summary>Uses a model as it is: scores and answers for whole datasets.</summary>
internal sealed class Evaluation
{
    private const int BatchSize = 256;
    private const int WaitingBatches = 4;
    private const long AnyOrder = 0;

    private readonly Trainer trainer;
    private readonly CompiledFunction answer;
    private readonly CompiledFunction judge;

    public Evaluation(Trainer trainer)
    {
        this.trainer = trainer;
        answer = Compilation.Compile(Answer);
        judge = Compilation.Compile(Judge);
    }

    /// <summary>The scores over all samples.</summary>
    public Scores Score(Dataset<Sample> samples, LengthBuckets? buckets = null, CancellationToken cancellationToken = default)
    {
        ScoreKeeper scores = new(trainer.Metrics);
        scores.Reset();
        foreach (Batch batch in Batches(samples, buckets, AnyOrder))
        {
            WeightedBatch weighted = new(batch);
            Tensor[] results = Run(judge, Judge, batch.Input, weighted.Targets, weighted.Shares(weighted.Total));
            scores.Add(batch, results[0], results[1].ToDouble(), weighted.Total);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return scores.Samples > 0 ? scores.Scores : throw new ArgumentException("The dataset has no samples to judge the model by.");
    }

    /// <summary>The answers, batch by batch.</summary>
    public IEnumerable<(Batch Batch, Tensor Outputs)> Outputs(Dataset<Sample> samples, LengthBuckets? buckets = null) =>
        Batches(samples, buckets, seed: null).Select(batch => (batch, Run(answer, Answer, batch.Input)[0]));

    private static IEnumerable<Batch> Batches(Dataset<Sample> samples, LengthBuckets? buckets, long? seed) =>
        (buckets is null ? samples.Batch(BatchSize) : samples.Batch(BatchSize, buckets, seed)).Prefetch(WaitingBatches).Epoch(0);

    private Tensor[] Run(CompiledFunction compiled, Func<Tensor[], Tensor[]> function, params Tensor[] inputs) =>
        trainer.Compile ? compiled.Invoke(inputs) : function(inputs);

    private Tensor[] Answer(Tensor[] inputs) => [trainer.Model.Forward(inputs[0])];

    private Tensor[] Judge(Tensor[] inputs)
    {
        Tensor outputs = trainer.Model.Forward(inputs[0]);
        return [outputs, EagerPass.WeightedMean(trainer.Loss, outputs, inputs[1], inputs[2])];
    }
}
