namespace Nabla.Ops.Attentions;

/// <summary>Turns the pairs (i, i + size / 2) of <c>[batch, time, heads, size]</c> by <c>(Start + t) * Theta^(-2 i / size)</c>.</summary>
/// <param name="Start">The place of the first step.</param>
/// <param name="Theta">The base of the angles.</param>
/// <param name="Back">Whether to turn the other way: the gradient of a rotation.</param>
internal sealed record Rotary(int Start, double Theta, bool Back) : Op
{
    /// <summary>How angles are scaled; null for not at all.</summary>
    public RotaryScaling? Scaling { get; init; }

    /// <summary>By how much a step turns pair <paramref name="index"/> of <paramref name="half"/>.</summary>
    public double Frequency(int index, int half)
    {
        double frequency = Math.Pow(Theta, -(double)index / half);
        return Scaling?.Apply(frequency) ?? frequency;
    }

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) =>
        inputs[0].DataType.IsFloating && inputs[0].Shape.Rank == 4 && inputs[0].Shape[-1] % 2 == 0
            ? [inputs[0]]
            : throw Error($"expects floating-point numbers [batch, time, heads, size] of an even size but got {inputs[0]}.");

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [(this with { Back = !Back }).ApplyOne(cotangents[0]!)];

    /// <inheritdoc/>
    internal override bool MayOverwrite(int input, int output) => true;

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 3.0 * inputs[0].Shape.ElementCount;
}
