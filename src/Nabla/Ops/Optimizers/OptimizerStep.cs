namespace Nabla.Ops.Optimizers;

/// <summary>
/// One step of an optimizer for one parameter. Inputs: the value; the gradient; float64 numbers <c>[5]</c> of this step; the slots.
/// Results: the new value and the new slots. The numbers are, in order, the factor of the L2 penalty, what decoupled weight decay leaves of the
/// value, and three of the rule's own: since they are an input, a traced step is good for all steps.
/// </summary>
internal abstract record OptimizerStep : Op
{
    /// <summary>The size of the numbers.</summary>
    public const int Numbers = 5;

    /// <summary>The inputs before the slots.</summary>
    public const int FirstSlot = 3;

    /// <summary>The tensors that are remembered for a parameter.</summary>
    public abstract int Slots { get; }

    /// <summary>Hands the rule to a visitor.</summary>
    public abstract void Accept(IUpdateVisitor visitor);

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        TensorType type = inputs[0];
        bool fits = inputs.Length == FirstSlot + Slots && type.DataType.IsFloating && inputs[1] == type
            && inputs[2] == new TensorType(DataType.Float64, [Numbers]);
        foreach (TensorType slot in inputs[Math.Min(FirstSlot, inputs.Length)..])
        {
            fits &= slot == type;
        }

        return fits
            ? [.. Enumerable.Repeat(type, 1 + Slots)]
            : throw Error($"expects a value, its gradient, float64[{Numbers}] and {Slots} slots of its type but got {string.Join(", ", inputs.ToArray())}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        throw new NotSupportedException($"There is no gradient through a step of an optimizer ({Name}).");

    /// <inheritdoc/>
    internal override bool MayOverwrite(int input, int output) => input != FirstSlot - 1;

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 4.0 * (1 + Slots) * inputs[0].Shape.ElementCount;
}

/// <summary>One step of an optimizer for one parameter by a rule.</summary>
internal sealed record OptimizerStep<TRule>(TRule Rule) : OptimizerStep
    where TRule : struct, IUpdateRule
{
    /// <inheritdoc/>
    public override string Name => typeof(TRule).Name;

    /// <inheritdoc/>
    public override int Slots => Rule.Slots;

    /// <inheritdoc/>
    public override void Accept(IUpdateVisitor visitor) => visitor.Visit(Rule);
}
