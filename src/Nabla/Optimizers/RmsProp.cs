namespace Nabla.Optimizers;

/// <summary>
/// Steps divided by the root of a running mean of the squared gradient (Tieleman and Hinton, Lecture 6.5 of Neural Networks for Machine
/// Learning, 2012), with momentum if wanted.
/// </summary>
/// <param name="learningRate">How far one step goes.</param>
/// <param name="decay">How much of the mean square is kept in each step.</param>
/// <param name="momentum">How much of the last step is kept.</param>
/// <param name="epsilon">Keeps the division finite; added to the root.</param>
public sealed class RmsProp(double learningRate = 0.001, double decay = 0.9, double momentum = 0, double epsilon = 1e-8) : Optimizer(learningRate)
{
    /// <inheritdoc/>
    protected override Tensor Update(string name, Tensor value, Tensor gradient)
    {
        Tensor square = Keep(name, "square", (Slot(name, "square", value) * decay) + (gradient * gradient * (1 - decay)));
        Tensor step = gradient / (square.Sqrt() + epsilon);
        if (momentum != 0)
        {
            step = Keep(name, "velocity", (Slot(name, "velocity", value) * momentum) + step);
        }

        return value - (step * LearningRate);
    }
}
