using System.Globalization;
using Nabla.Layers;

namespace Nabla.Training;

/// <summary>Finds where numbers ceased to be finite.</summary>
internal static class NotFinite
{
    /// <summary>The error that says in which step and behind which layer the loss was lost.</summary>
    /// <param name="trainer">The model, as it was before the step.</param>
    /// <param name="batch">What it was given.</param>
    /// <param name="loss">The loss that it gave.</param>
    /// <param name="key">The random numbers of the pass.</param>
    public static TrainingException Explain(Trainer trainer, WeightedBatch batch, double loss, RandomKey key) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The loss became {loss} in step {trainer.Optimizer.Step + 1}: {Cause(trainer.Model, batch, key)}."));

    /// <summary>Objects to a model whose last step lost its numbers.</summary>
    /// <exception cref="TrainingException">A parameter has values that are not finite.</exception>
    public static void RequireFinite(Trainer trainer)
    {
        string? lost = trainer.Model.NamedParameters.FirstOrDefault(pair => !IsFinite(pair.Value.Original)).Key;
        if (lost is not null)
        {
            throw new TrainingException(
                $"After step {trainer.Optimizer.Step} the parameter '{lost}' has values that are not finite: try a lower learning rate or clip the gradients.");
        }
    }

    private static string Cause(Module model, WeightedBatch batch, RandomKey key)
    {
        if (!IsFinite(batch.Batch.Input))
        {
            return "the inputs of this step have values that are not finite";
        }

        FirstNotFinite observer = new();
        model.Forward(batch.Batch.Input, new ForwardContext(training: true, key) { Observer = observer });
        return observer switch
        {
            { Module: { } module } => $"the first output that is not finite is that of {module.Label}; try a lower learning rate or clip the gradients",
            _ when !IsFinite(batch.Targets) => "the targets of this step have values that are not finite",
            _ => "all outputs of the model are finite, so the loss function or a penalty is not",
        };
    }

    private static bool IsFinite(Tensor x) => !x.DataType.IsFloating || double.IsFinite((x - x).Sum().ToDouble());

    private sealed class FirstNotFinite : ForwardObserver
    {
        public Module? Module { get; private set; }

        public override void Leave(Module module, Tensor output) => Module ??= IsFinite(output) ? null : module;
    }
}
