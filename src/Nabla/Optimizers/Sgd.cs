namespace Nabla.Optimizers;

/// <summary>Stochastic gradient descent, with momentum if wanted: <c>velocity = momentum * velocity + gradient; value -= learningRate * velocity</c>.</summary>
/// <param name="learningRate">How far one step goes.</param>
/// <param name="momentum">How much of the last step is kept, from 0 up to 1.</param>
/// <param name="nesterov">Whether the gradient counts once more, as if taken after the step (Sutskever et al., 2013).</param>
public sealed class Sgd(double learningRate = 0.01, double momentum = 0, bool nesterov = false) : Optimizer(learningRate)
{
    /// <inheritdoc/>
    protected override Tensor Update(string name, Tensor value, Tensor gradient)
    {
        if (momentum == 0)
        {
            return value - (gradient * LearningRate);
        }

        Tensor velocity = Keep(name, "velocity", (Slot(name, "velocity", value) * momentum) + gradient);
        return value - ((nesterov ? (velocity * momentum) + gradient : velocity) * LearningRate);
    }
}
