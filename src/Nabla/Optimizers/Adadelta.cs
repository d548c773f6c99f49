namespace Nabla.Optimizers;

/// <summary>Steps scaled by the ratio of the sizes of past steps and gradients (Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012).</summary>
/// <param name="learningRate">What the step is multiplied by; 1 in the paper.</param>
/// <param name="decay">How much of the running means is kept in each step.</param>
/// <param name="epsilon">Gets the first step going.</param>
public sealed class Adadelta(double learningRate = 1, double decay = 0.9, double epsilon = 1e-6) : Optimizer(learningRate)
{
    /// <inheritdoc/>
    protected override Tensor Update(string name, Tensor value, Tensor gradient)
    {
        Tensor square = Keep(name, "square", (Slot(name, "square", value) * decay) + (gradient * gradient * (1 - decay)));
        Tensor past = Slot(name, "step", value);
        Tensor step = (past + epsilon).Sqrt() / (square + epsilon).Sqrt() * gradient;
        Keep(name, "step", (past * decay) + (step * step * (1 - decay)));
        return value - (step * LearningRate);
    }
}
