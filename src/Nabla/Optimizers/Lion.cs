namespace Nabla.Optimizers;

/// <summary>Steps of one size in the direction of a blended momentum (Chen et al., Symbolic Discovery of Optimization Algorithms, 2023).</summary>
/// <param name="learningRate">How far one step goes; about a tenth of what Adam takes.</param>
/// <param name="beta1">How much of the momentum counts in a step.</param>
/// <param name="beta2">How much of the momentum is kept in each step.</param>
/// <param name="weightDecay">The share of the value that is taken off in each step, times the learning rate.</param>
public sealed class Lion(double learningRate = 1e-4, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0) : Optimizer(learningRate)
{
    /// <inheritdoc/>
    protected override Tensor Update(string name, Tensor value, Tensor gradient)
    {
        Tensor momentum = Slot(name, "momentum", value);
        Tensor direction = ((momentum * beta1) + (gradient * (1 - beta1))).Sign();
        Keep(name, "momentum", (momentum * beta2) + (gradient * (1 - beta2)));
        return value - ((direction + (value * weightDecay)) * LearningRate);
    }
}
