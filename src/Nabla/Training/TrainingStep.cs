using Nabla.Data;
using Nabla.Layers;
using Nabla.Ops.Shapes;
using Nabla.Transforms;

namespace Nabla.Training;

/// <summary>
/// One step: the mean loss by weight over some batches together, its gradient, the optimizer's change. When the loss is not finite nothing of
/// the model has changed.
/// </summary>
internal sealed class TrainingStep
{
    private readonly Trainer trainer;
    private readonly FitOptions options;
    private readonly ScoreKeeper scores;
    private readonly KeyValuePair<string, Parameter>[] parameters;
    private readonly IPassFunction function;
    private readonly Action<ParameterGradient[]> change;

    public TrainingStep(Trainer trainer, FitOptions options, ScoreKeeper scores)
    {
        (this.trainer, this.options, this.scores) = (trainer, options, scores);
        parameters = [.. trainer.Model.TrainableParameters];
        EagerPass pass = new(trainer.Model, trainer.Loss, parameters);
        function = trainer.Compile ? new CompiledPass(pass) : pass;
        change = trainer.Compile ? new CompiledUpdate(trainer.Optimizer, parameters).Apply : gradients => trainer.Optimizer.Apply(parameters, gradients);
    }

    /// <summary>Takes the step.</summary>
    /// <returns>The mean loss, without penalties.</returns>
    /// <exception cref="TrainingException">The loss is not finite.</exception>
    public double Take(IReadOnlyList<Batch> batches)
    {
        WeightedBatch[] weighted = [.. batches.Select(batch => new WeightedBatch(batch, options.ClassWeights))];
        double total = weighted.Sum(batch => batch.Total);
        double loss = 0;
        ParameterGradient[]? gradients = null;
        UpdateLog updates = new();
        for (int index = 0; index < weighted.Length; index++)
        {
            Pass pass = Run(weighted[index], total, index, updates);
            double mean = pass.Loss.ToDouble();
            loss += mean;
            gradients = gradients is not null ? [.. gradients.Select((sum, parameter) => sum.Plus(pass.Gradients[parameter], parameters[parameter].Value.Type))]
                : weighted.Length == 1 ? pass.Gradients
                : Array.ConvertAll(pass.Gradients, gradient => gradient.With(Copied));
            double weight = weighted[index].Total;
            scores.Add(batches[index], pass.Outputs, weight == 0 ? 0 : mean * total / weight, weight);
        }

        change(gradients!);
        return loss;
    }

    // The tensors of a pass are lent until the next one.
    private static Tensor Copied(Tensor lent) => new Copy().ApplyOne(lent);

    private Pass Run(WeightedBatch batch, double total, int index, UpdateLog updates)
    {
        RandomKey key = RandomKey.FromSeed(options.Seed).Fold(trainer.Optimizer.Step).Fold(index);
        Pass pass = function.Run(batch.Batch.Input, batch.Targets, batch.Shares(total), key, penalties: index == 0);
        double objective = pass.Objective.ToDouble();
        if (!double.IsFinite(objective))
        {
            updates.Undo();
            throw NotFinite.Explain(trainer, batch, objective, key);
        }

        foreach ((Parameter parameter, Tensor value) in pass.Updates)
        {
            updates.Set(parameter, Copied(value));
        }

        return pass;
    }
}
