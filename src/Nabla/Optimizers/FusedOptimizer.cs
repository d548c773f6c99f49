using Nabla.Ops.Optimizers;
using Nabla.Transforms;

namespace Nabla.Optimizers;

/// <summary>An optimizer whose step is one op for each parameter, which walks over value, gradient and state once.</summary>
public abstract class FusedOptimizer : Optimizer
{
    private readonly double[] numbers = new double[OptimizerStep.Numbers];

    private protected FusedOptimizer(double learningRate)
        : base(learningRate)
    {
    }

    /// <summary>The op.</summary>
    private protected abstract OptimizerStep StepOp { get; }

    /// <summary>The names of the op's slots.</summary>
    private protected abstract string[] SlotNames { get; }

    /// <summary>Whether weight decay is taken off the value instead of being added to the gradient.</summary>
    private protected virtual bool DecaysValue => false;

    /// <summary>Whether rows of a table that have no gradient in a step stay as they are, and what is remembered of them too.</summary>
    private protected virtual bool SkipsRows => false;

    /// <inheritdoc/>
    protected sealed override Tensor Update(string name, Tensor value, Tensor gradient) =>
        Take(name, value, slots => StepOp.Apply([value, gradient, StepNumbers, .. slots]));

    /// <inheritdoc/>
    private protected sealed override Tensor UpdateRows(string name, Tensor value, ParameterGradient gradient) =>
        Take(name, value, slots => new RowStep(StepOp, SkipsRows).Apply([value, gradient.Values, StepNumbers, .. slots, gradient.Rows!]));

    private Tensor Take(string name, Tensor value, Func<IEnumerable<Tensor>, Tensor[]> step)
    {
        string[] slots = SlotNames;
        Tensor[] results = step(slots.Select(slot => Slot(name, slot, value)));
        for (int index = 0; index < slots.Length; index++)
        {
            Keep(name, slots[index], results[index + 1]);
        }

        return results[0];
    }

    /// <summary>The rule's own numbers for the step that was begun, at a learning rate.</summary>
    private protected abstract (double First, double Second, double Third) Rates(double learningRate);

    /// <inheritdoc/>
    private protected sealed override double[] Numbers(double learningRate, double weightDecay)
    {
        (double first, double second, double third) = Rates(learningRate);
        (numbers[0], numbers[1]) = DecaysValue ? (0.0, 1 - (learningRate * weightDecay)) : (weightDecay, 1.0);
        (numbers[2], numbers[3], numbers[4]) = (first, second, third);
        return numbers;
    }
}
