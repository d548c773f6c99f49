using Nabla.Layers;
using Nabla.Losses;
using Nabla.Transforms;

namespace Nabla.Training;

/// <summary>What one pass of a step gave: forwards through the model and back.</summary>
/// <param name="Objective">What is made small: the loss and the penalties.</param>
/// <param name="Loss">The mean loss by weight.</param>
/// <param name="Outputs">What the model answered.</param>
/// <param name="Gradients">Of the objective, for each parameter.</param>
/// <param name="Updates">The values that parameters are to have which no gradient changes.</param>
internal sealed record Pass(Tensor Objective, Tensor Loss, Tensor Outputs, Tensor[] Gradients, IReadOnlyList<KeyValuePair<Parameter, Tensor>> Updates);

/// <summary>Computes passes.</summary>
internal interface IPassFunction
{
    /// <summary>Computes a pass. Its tensors are valid until the next one.</summary>
    /// <param name="input">What the model is given, <c>[batch, ...]</c>.</param>
    /// <param name="targets">What it should answer.</param>
    /// <param name="shares">The part of each sample in the mean, <c>[batch]</c>.</param>
    /// <param name="key">Where random layers take their numbers from.</param>
    /// <param name="penalties">Whether the regularizers' penalties are added.</param>
    Pass Run(Tensor input, Tensor targets, Tensor shares, RandomKey key, bool penalties);
}

/// <summary>Computes passes op by op.</summary>
internal sealed class EagerPass(Module model, Loss loss, IReadOnlyList<Parameter> parameters) : IPassFunction
{
    /// <inheritdoc/>
    public Pass Run(Tensor input, Tensor targets, Tensor shares, RandomKey key, bool penalties)
    {
        ForwardContext context = new(training: true, key);
        Tensor? outputs = null;
        Tensor? mean = null;
        (Tensor objective, Tensor[] gradients) = Gradients.ValueAndGradient(
            () =>
            {
                outputs = model.Forward(input, context);
                mean = WeightedMean(loss, outputs, targets, shares);
                return penalties ? WithPenalties(mean) : mean;
            },
            [.. parameters.Select(parameter => parameter.Value)]);
        return new Pass(objective, mean!, outputs!, gradients, context.Updates);
    }

    /// <summary>The sum of the losses, each times its share.</summary>
    public static Tensor WeightedMean(Loss loss, Tensor outputs, Tensor targets, Tensor shares)
    {
        Tensor losses = loss.PerSample(outputs, targets);
        return losses.Shape == shares.Shape
            ? (losses * shares.To(losses.DataType)).Sum()
            : throw new InvalidOperationException($"{loss.GetType().Name} must give a loss for each sample, {shares.Shape}, but gave {losses.Shape}.");
    }

    private Tensor WithPenalties(Tensor mean) => parameters
        .Where(parameter => parameter.Regularizer is not null)
        .Aggregate(mean, (sum, parameter) => sum + parameter.Regularizer!.Penalty(parameter.Value));
}
