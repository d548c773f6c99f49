using Nabla.Ops.Shapes;

namespace Nabla.Ops.Elementwise;

/// <summary>One op of a fused chain.</summary>
/// <param name="Op">What is computed.</param>
/// <param name="Operands">What it reads: the inputs of the fused op are numbered first, then the results of the steps.</param>
internal sealed record FusedStep(Op Op, params int[] Operands)
{
    /// <summary>Whether its results are true or false instead of numbers.</summary>
    public bool GivesBooleans => Op is IBooleanOp or Cast { To: DataType.Bool };
}

/// <summary>
/// Elementwise ops of one shape, and casts between its numbers and booleans, that are computed together, tile by tile, so that what lies between them stays in the first-level cache. Inputs are
/// repeated to the shape; each step gives the bits of the op alone. Passes make it, when gradients have been taken.
/// </summary>
/// <param name="Type">The type of all results but booleans.</param>
/// <param name="Steps">The ops in order.</param>
/// <param name="Outputs">The steps whose results are given back, in order.</param>
internal sealed record Fused(TensorType Type, IReadOnlyList<FusedStep> Steps, IReadOnlyList<int> Outputs) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [.. Outputs.Select(output => Steps[output].GivesBooleans ? Type with { DataType = DataType.Bool } : Type)];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        throw new NotSupportedException("A fused op stands in optimised graphs alone, which are not differentiated: take the gradient before.");

    /// <summary>The names of the steps, as in <c>Fused { Add, Exp }</c>.</summary>
    public override string ToString() => $"{Name} {{ {string.Join(", ", Steps.Select(step => step.Op.Name))} }}";

    /// <inheritdoc/>
    internal override bool MayOverwrite(int input, int output)
    {
        int lastRead = Steps.Count - 1;
        while (lastRead >= 0 && !Steps[lastRead].Operands.Contains(input))
        {
            lastRead--;
        }

        return lastRead <= Outputs[output];
    }

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => (double)Type.Shape.ElementCount * Steps.Count;
}
