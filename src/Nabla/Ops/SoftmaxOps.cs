using Nabla.Ops.Reductions;

namespace Nabla;

/// <summary>The softmax, which makes probabilities of scores, and its logarithm.</summary>
public static class SoftmaxOps
{
    /// <summary>exp(x) / sum(exp(x)) along an axis: numbers from 0 to 1 that sum to 1.</summary>
    /// <param name="logits">Any shape with the axis.</param>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    /// <exception cref="ArgumentException">The numbers are not floating-point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor Softmax(this Tensor logits, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(logits);
        int along = logits.Shape.Axis(axis);
        Tensor probabilities = new Softmax(along).ApplyOne(logits);
        probabilities.SoftmaxOf = along == logits.Rank - 1 ? logits : null;
        return probabilities;
    }

    /// <summary>The logarithm of the softmax along an axis, sharp where the probability is too small for a number.</summary>
    /// <inheritdoc cref="Softmax"/>
    public static Tensor LogSoftmax(this Tensor logits, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return new LogSoftmax(logits.Shape.Axis(axis)).ApplyOne(logits);
    }
}
