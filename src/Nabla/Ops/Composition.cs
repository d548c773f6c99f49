using Nabla.Ops.Shapes;
using Nabla.Transforms;

namespace Nabla.Ops;

/// <summary>Gradients of ops that one kernel computes but that are made of others: where the kernel's own gradient is not enough, those of the others are.</summary>
internal static class Composition
{
    /// <summary>What each input contributes to the gradient.</summary>
    /// <param name="function">Computes the results of the op with other ops, from <paramref name="inputs"/>, which it captures.</param>
    /// <param name="inputs">What the op was applied to.</param>
    /// <param name="cotangents">One for each result; null where nothing depends on it.</param>
    public static Tensor?[] Gradient(Func<Tensor[]> function, Tensor[] inputs, Tensor?[] cotangents)
    {
        (Tensor? weighted, Tape tape) = Tape.Record(inputs, () =>
        {
            Tensor[] outputs = function();
            return cotangents
                .Select((cotangent, index) => cotangent is null ? null : (outputs[index] * cotangent).Sum())
                .Aggregate((left, right) => left is null ? right : right is null ? left : left + right);
        });
        return weighted is null ? new Tensor?[inputs.Length] : tape.Backward(weighted, Tensor.Ones(Shape.Scalar, weighted.DataType), inputs);
    }

    /// <summary>Inputs that are different tensors even where one stands in several places, so that each place has a contribution of its own.</summary>
    public static Tensor[] Apart(Tensor[] inputs) => [.. inputs.Select(input => new Copy().ApplyOne(input))];
}
