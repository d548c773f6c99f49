namespace Nabla.Optimizers;

/// <summary>Steps scaled by running means of the gradient and of its square (Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015).</summary>
/// <param name="learningRate">How far one step goes.</param>
/// <param name="beta1">How much of the mean gradient is kept in each step.</param>
/// <param name="beta2">How much of the mean square is kept in each step.</param>
/// <param name="epsilon">Keeps the division finite.</param>
public sealed class Adam(double learningRate = 0.001, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) : Optimizer(learningRate)
{
    /// <inheritdoc/>
    protected override Tensor Update(string name, Tensor value, Tensor gradient)
    {
        Tensor mean = Keep(name, "mean", (Slot(name, "mean", value) * beta1) + (gradient * (1 - beta1)));
        Tensor square = Keep(name, "square", (Slot(name, "square", value) * beta2) + (gradient * gradient * (1 - beta2)));
        double meanCorrection = 1 - Math.Pow(beta1, Step);
        double squareCorrection = Math.Sqrt(1 - Math.Pow(beta2, Step));
        return value - (mean * (LearningRate / meanCorrection) / ((square.Sqrt() / squareCorrection) + epsilon));
    }
}
