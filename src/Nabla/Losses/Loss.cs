using Nabla.Metrics;

namespace Nabla.Losses;

/// <summary>A measure of how wrong outputs are: what training makes small.</summary>
public abstract class Loss
{
    /// <summary>The loss of each sample, <c>[batch]</c>; the mean over its steps and elements where it has several.</summary>
    /// <param name="outputs">What the model answered, <c>[batch, ...]</c>.</param>
    /// <param name="targets">What it should have answered.</param>
    /// <exception cref="ArgumentException">The targets do not fit the outputs; the message quotes both shapes.</exception>
    public abstract Tensor PerSample(Tensor outputs, Tensor targets);

    /// <summary>The metric that tells a person what this loss cannot: of how far numbers are from their targets, unless the loss is of classes.</summary>
    protected internal virtual Metric CreateMetric() => new Mae();

    /// <summary>The mean over all axes but the first.</summary>
    private protected static Tensor MeanPerSample(Tensor losses) => losses.Rank == 1 ? losses : losses.Reshape(losses.Shape[0], -1).Mean([1]);

    /// <summary>Targets of the outputs' shape and type; a last axis of size 1 may be left out or added.</summary>
    private protected Tensor Fitting(Tensor outputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        bool fits = outputs.Rank > 0 && ClassLayout.SameButLastOne(outputs.Shape, targets.Shape);
        return fits
            ? (targets.Shape == outputs.Shape ? targets : targets.Reshape(outputs.Shape.AsSpan())).To(outputs.DataType)
            : throw new ArgumentException($"{GetType().Name} expects outputs and targets of one shape but got {outputs.Shape} and {targets.Shape}.");
    }
}
