using System.Globalization;
using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Training;

/// <summary>Finds before the first step what would go wrong in it.</summary>
internal static class FitCheck
{
    /// <summary>Sends one sample of each dataset through the model and the loss.</summary>
    /// <exception cref="ArgumentException">
    /// A dataset is empty, targets are missing, shapes do not fit, or a group of the optimizer matches no parameter.
    /// </exception>
    public static void Run(Trainer trainer, Dataset<Sample> train, Dataset<Sample>? validation, FitOptions options)
    {
        RequireTrainable(trainer.Model);
        NamePattern.Require(trainer.Optimizer.Groups.Select(group => group.Pattern), trainer.Model);
        options.Checkpoints?.RequireWritable();
        if (options.Checkpoints is not null || options.Resume is not null)
        {
            RequireNames(options.Callbacks.OfType<IStatefulCallback>());
        }

        Tensor outputs = Try(trainer, train, "training");
        RequireClasses(options.ClassWeights, outputs.Shape);
        if (validation is not null)
        {
            Try(trainer, validation, "validation");
        }
    }

    private static Tensor Try(Trainer trainer, Dataset<Sample> samples, string kind)
    {
        Batch batch = samples.Batch(1).Epoch(0).FirstOrDefault() ?? throw new ArgumentException($"The {kind} dataset has no samples.");
        Tensor targets = batch.Targets ?? throw new ArgumentException($"The {kind} samples have no targets: give each sample what the model should answer.");
        if (batch.Weights is { } weights && weights.Rank != 1)
        {
            throw new ArgumentException($"The weight of a sample is one number, but those of the {kind} samples have shape {weights.Shape.Without(0)}.");
        }

        try
        {
            Tensor outputs = trainer.Model.Forward(batch.Input);
            EagerPass.WeightedMean(trainer.Loss, outputs, targets, Tensor.Ones([1]));
            return outputs;
        }
        catch (ArgumentException error)
        {
            string input = string.Join(", ", batch.Input.Shape.Without(0));
            throw new ArgumentException(
                $"The {kind} samples, inputs [{input}] with targets {targets.Shape.Without(0)}, do not fit the model or the loss: {error.Message}", error);
        }
    }

    private static void RequireTrainable(Module model)
    {
        if (!model.TrainableParameters.Any())
        {
            throw new InvalidOperationException($"{model.Label} has no trainable parameters: all are frozen, or none is registered.");
        }
    }

    private static void RequireClasses(ClassWeights? weights, Shape outputs)
    {
        int classes = outputs.Rank > 1 && outputs[-1] > 1 ? outputs[-1] : 2;
        if (weights?.Weights.Keys.Cast<int?>().FirstOrDefault(label => label >= classes) is { } unknown)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"ClassWeights names class {unknown}, but the model answers with {classes} classes: 0 to {classes - 1}."));
        }
    }

    private static void RequireNames(IEnumerable<IStatefulCallback> callbacks)
    {
        if (callbacks.CountBy(callback => callback.StateName).FirstOrDefault(pair => pair.Value > 1) is { Key: { } name })
        {
            throw new ArgumentException($"Each callback that keeps a state needs a StateName of its own, but '{name}' is there twice.");
        }
    }
}
