using Nabla.Ops.Reductions;

namespace Nabla;

/// <summary>The softmax, which makes probabilities of scores, and its logarithm.</summary>
public static class SoftmaxOps
{
    /// <summary>The logarithm of the softmax over the last axis.</summary>
    public static Tensor LogSoftmax(this Tensor logits) => new LogSoftmax().ApplyOne(logits);

    /// <summary>exp(x) / sum(exp(x)) over the last axis: numbers that sum to 1.</summary>
    public static Tensor Softmax(this Tensor logits)
    {
        Tensor probabilities = logits.LogSoftmax().Exp();
        probabilities.SoftmaxOf = logits;
        return probabilities;
    }
}
