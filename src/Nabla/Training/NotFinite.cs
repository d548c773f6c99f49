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

    private static string Cause(Module model, WeightedBatch batch, RandomKey key)
    {
        if (!IsFinite(batch.Batch.Input))
        {
            return "the inputs of this step have values that are not finite";
        }

        Module? first = null;
        model.Forward(batch.Batch.Input, new ForwardContext(training: true, key)
        {
            Observer = (module, output) => first ??= IsFinite(output) ? null : module,
        });
        return first is not null
            ? $"the first output that is not finite is that of {Describe(model, first)}; try a lower learning rate or clip the gradients"
            : IsFinite(batch.Targets) ? "all outputs of the model are finite, so the loss function or a penalty is not" : "the targets of this step have values that are not finite";
    }

    private static string Describe(Module model, Module module)
    {
        string kind = module is Layer layer ? layer.Kind : module.GetType().Name;
        string? name = model.NamedModules.FirstOrDefault(pair => pair.Value == module).Key;
        return string.IsNullOrEmpty(name) ? $"the model ({kind}) itself" : $"layer '{name}' ({kind})";
    }

    private static bool IsFinite(Tensor x) => !x.DataType.IsFloating || double.IsFinite((x - x).Sum().ToDouble());
}
