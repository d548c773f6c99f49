using Nabla.Layers;
using Nabla.Losses;
using Nabla.Transforms;

namespace Nabla.Training;

/// <summary>Computes passes op by op. The first one, which may be traced, checks that the model is put together well.</summary>
internal sealed class EagerPass(Module model, Loss loss, IReadOnlyList<KeyValuePair<string, Parameter>> parameters) : IPassFunction
{
    private RegistrationCheck? check = new(model);

    /// <inheritdoc/>
    public Pass Run(Tensor input, Tensor targets, Tensor shares, RandomKey key, bool penalties)
    {
        ForwardContext context = new(training: true, key);
        Tensor? outputs = null;
        Tensor? mean = null;
        Tensor[] values = [.. parameters.Select(pair => pair.Value.Original)];
        (Tensor objective, Tape tape) = Tape.Record(values, () =>
        {
            outputs = check is null ? model.Forward(input, context) : check.Forward(input, context);
            mean = context.Losses.Aggregate(WeightedMean(loss, outputs, targets, shares), (sum, added) => sum + Weighted(added, shares, "a module that adds a loss"));
            return penalties ? WithPenalties(mean) : mean;
        });
        ParameterGradient[] gradients = Complete(tape.BackwardByRows(objective, Tensor.Ones(objective.Shape, objective.DataType), values));
        check = null;
        return new Pass(objective, mean!, outputs!, gradients, context.Updates);
    }

    /// <summary>The sum of the losses, each times its share.</summary>
    public static Tensor WeightedMean(Loss loss, Tensor outputs, Tensor targets, Tensor shares) =>
        Weighted(loss.PerSample(outputs, targets), shares, loss.GetType().Name);

    private static Tensor Weighted(Tensor losses, Tensor shares, string source) => losses.Shape == shares.Shape
        ? (losses * shares.To(losses.DataType)).Sum()
        : throw new InvalidOperationException($"{source} must give a loss for each sample, {shares.Shape}, but gave {losses.Shape}.");

    // The first pass must reach every parameter; a later one may leave out some, such as layers that are skipped at random.
    private ParameterGradient[] Complete(ParameterGradient?[] gradients)
    {
        string[] unreached = [.. parameters.Where((_, index) => gradients[index] is null).Select(pair => $"'{pair.Key}'")];
        return check is null || unreached.Length == 0
            ? [.. gradients.Select((gradient, index) => gradient ?? Zeros(parameters[index].Value.Type))]
            : throw new InvalidOperationException(
                $"The loss of {model.Label} does not depend on {string.Join(", ", unreached)}: use them in the forward pass, or make them not trainable.");
    }

    private static ParameterGradient Zeros(TensorType type) => new(Tensor.Zeros(type.Shape, type.DataType));

    private Tensor WithPenalties(Tensor mean) => parameters
        .Where(pair => pair.Value.Regularizer is not null)
        .Aggregate(mean, (sum, pair) => sum + pair.Value.Regularizer!.Penalty(pair.Value.Value));
}
