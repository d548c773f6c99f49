namespace Nabla.Optimizers;

/// <summary><see cref="Adam"/> whose weight decay does not pass through the running means (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019).</summary>
/// <param name="learningRate">How far one step goes.</param>
/// <param name="weightDecay">The share of the value that is taken off in each step, times the learning rate.</param>
/// <param name="beta1">How much of the mean gradient is kept in each step.</param>
/// <param name="beta2">How much of the mean square is kept in each step.</param>
/// <param name="epsilon">Keeps the division finite.</param>
public sealed class AdamW(double learningRate = 0.001, double weightDecay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
    : Optimizer(learningRate)
{
    /// <inheritdoc/>
    protected override Tensor Update(string name, Tensor value, Tensor gradient)
    {
        Tensor mean = Keep(name, "mean", (Slot(name, "mean", value) * beta1) + (gradient * (1 - beta1)));
        Tensor square = Keep(name, "square", (Slot(name, "square", value) * beta2) + (gradient * gradient * (1 - beta2)));
        Tensor root = (square.Sqrt() / Math.Sqrt(1 - Math.Pow(beta2, Step))) + epsilon;
        Tensor decayed = value * (1 - (LearningRate * weightDecay));
        return decayed - (mean * (LearningRate / (1 - Math.Pow(beta1, Step))) / root);
    }
}
