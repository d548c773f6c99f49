using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Transforms;

namespace Nabla.Training;

/// <summary>
/// One step: the mean loss by weight over some batches together, its gradient, the optimizer's change. When the loss is not finite nothing of
/// the model has changed.
/// </summary>
internal sealed class TrainingStep(Trainer trainer, FitOptions options, ScoreKeeper scores)
{
    private readonly Module model = trainer.Model;
    private readonly KeyValuePair<string, Parameter>[] parameters = [.. trainer.Model.TrainableParameters.DistinctBy(pair => pair.Value)];

    /// <summary>Takes the step.</summary>
    /// <returns>The mean loss, without penalties.</returns>
    /// <exception cref="TrainingException">The loss is not finite.</exception>
    public double Take(IReadOnlyList<Batch> batches)
    {
        WeightedBatch[] weighted = [.. batches.Select(batch => new WeightedBatch(batch, options.ClassWeights))];
        double total = weighted.Sum(batch => batch.Total);
        double loss = 0;
        Tensor[]? gradients = null;
        UpdateLog updates = new();
        for (int index = 0; index < weighted.Length; index++)
        {
            Pass pass = Run(weighted[index], total, index, updates);
            loss += pass.Loss;
            gradients = gradients is null ? pass.Gradients : [.. gradients.Zip(pass.Gradients, (sum, gradient) => sum + gradient)];
            double weight = weighted[index].Total;
            scores.Add(batches[index], pass.Outputs, weight == 0 ? 0 : pass.Loss * total / weight, weight);
        }

        trainer.Optimizer.Apply(parameters, gradients!);
        return loss;
    }

    private Pass Run(WeightedBatch batch, double total, int index, UpdateLog updates)
    {
        RandomKey key = RandomKey.FromSeed(options.Seed).Fold(trainer.Optimizer.Step).Fold(index);
        ForwardContext context = new(training: true, key);
        Tensor? outputs = null;
        Tensor? loss = null;
        Tensor shares = batch.Shares(total);
        (Tensor objective, Tensor[] gradients) = Gradients.ValueAndGradient(
            () =>
            {
                outputs = model.Forward(batch.Batch.Input, context);
                loss = WeightedMean(trainer.Loss, outputs, batch.Targets, shares);
                return index == 0 ? WithPenalties(loss) : loss;
            },
            [.. parameters.Select(pair => pair.Value.Value)]);
        if (!double.IsFinite(objective.ToDouble()))
        {
            updates.Undo();
            throw NotFinite.Explain(trainer, batch, objective.ToDouble(), key);
        }

        updates.Apply(context);
        return new Pass(outputs!, loss!.ToDouble(), gradients);
    }

    /// <summary>The sum of the losses, each times its share.</summary>
    internal static Tensor WeightedMean(Loss loss, Tensor outputs, Tensor targets, Tensor shares)
    {
        Tensor losses = loss.PerSample(outputs, targets);
        return losses.Shape == shares.Shape
            ? (losses * shares.To(losses.DataType)).Sum()
            : throw new InvalidOperationException($"{loss.GetType().Name} must give a loss for each sample, {shares.Shape}, but gave {losses.Shape}.");
    }

    private Tensor WithPenalties(Tensor loss) => parameters
        .Where(pair => pair.Value.Regularizer is not null)
        .Aggregate(loss, (sum, pair) => sum + pair.Value.Regularizer!.Penalty(pair.Value.Value));

    private readonly record struct Pass(Tensor Outputs, double Loss, Tensor[] Gradients);
}
