using Nabla.Metrics;

namespace Nabla.Losses;

/// <summary>A loss that is the mean over a sample's elements of a function of output and target, both <c>[batch, ...]</c>.</summary>
public abstract class ElementwiseLoss : Loss
{
    /// <inheritdoc/>
    public sealed override Tensor PerSample(Tensor outputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        return outputs.Shape == targets.Shape
            ? Elements(outputs, targets.To(outputs.DataType)).Reshape(outputs.Shape[0], -1).Mean([1])
            : throw new ArgumentException($"{GetType().Name} expects outputs and targets of one shape but got {outputs.Shape} and {targets.Shape}.");
    }

    /// <summary>The loss of each element.</summary>
    protected abstract Tensor Elements(Tensor outputs, Tensor targets);
}

/// <summary>The square of the difference.</summary>
public sealed class MeanSquaredError : ElementwiseLoss
{
    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets) => (outputs - targets).Square();
}

/// <summary>The absolute difference.</summary>
public sealed class MeanAbsoluteError : ElementwiseLoss
{
    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets) => (outputs - targets).Abs();
}

/// <summary>
/// Half the square of a small difference, and a line beyond <c>delta</c>, so that outliers count less (Huber, Robust Estimation of a Location
/// Parameter, 1964).
/// </summary>
/// <param name="delta">Where the line begins; above 0.</param>
public sealed class Huber(double delta = 1) : ElementwiseLoss
{
    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets)
    {
        Tensor difference = (outputs - targets).Abs();
        Tensor small = difference.Clip(0, delta);
        return (small * small * 0.5) + ((difference - small) * delta);
    }
}

/// <summary>The negative logarithm of the probability given to the truth, for answers of yes (1) or no (0), from logits: <c>softplus(x) - x * target</c>.</summary>
public sealed class BinaryCrossEntropy : ElementwiseLoss
{
    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets) => outputs.Softplus() - (outputs * targets);

    /// <inheritdoc/>
    protected internal override Metric CreateMetric() => new Accuracy(threshold: 0);
}

/// <summary>max(0, 1 - target * output) for targets of -1 and 1.</summary>
public sealed class Hinge : ElementwiseLoss
{
    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets) => (1 - (outputs * targets)).Relu();

    /// <inheritdoc/>
    protected internal override Metric CreateMetric() => new Accuracy(threshold: 0);
}
