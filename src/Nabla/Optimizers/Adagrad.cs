namespace Nabla.Optimizers;

/// <summary>
/// Steps divided by the root of the sum of all squared gradients (Duchi et al., Adaptive Subgradient Methods for Online Learning and
/// Stochastic Optimization, 2011).
/// </summary>
/// <param name="learningRate">How far one step goes.</param>
/// <param name="epsilon">Keeps the division finite; added to the root.</param>
public sealed class Adagrad(double learningRate = 0.01, double epsilon = 1e-10) : Optimizer(learningRate)
{
    /// <inheritdoc/>
    protected override Tensor Update(string name, Tensor value, Tensor gradient)
    {
        Tensor sum = Keep(name, "sum", Slot(name, "sum", value) + (gradient * gradient));
        return value - (gradient * LearningRate / (sum.Sqrt() + epsilon));
    }
}
