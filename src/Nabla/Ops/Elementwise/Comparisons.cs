using System.Runtime.Intrinsics;

namespace Nabla.Ops.Elementwise;

/// <summary>A comparison of two numbers, with its vector kernel.</summary>
internal interface IComparison
{
    /// <summary>All bits set in the lanes where it holds.</summary>
    Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged;
}

internal readonly record struct Equal : IComparison
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => Vector512.Equals(x, y);
}

internal readonly record struct NotEqual : IComparison
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => ~Vector512.Equals(x, y);
}

internal readonly record struct Greater : IComparison
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => Vector512.GreaterThan(x, y);
}

internal readonly record struct GreaterOrEqual : IComparison
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => Vector512.GreaterThanOrEqual(x, y);
}

/// <summary>Compares each pair of elements, broadcasting by NumPy's rule. The result is of type bool and has no gradient.</summary>
internal sealed record Compare<TComparison>(TComparison Comparison) : ElementwiseOp, IBroadcastingOp, IBooleanOp
    where TComparison : struct, IComparison
{
    /// <inheritdoc/>
    public bool ReadsBooleans => false;

    /// <inheritdoc/>
    public override string Name => typeof(TComparison).Name;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        if (inputs[0].DataType != inputs[1].DataType)
        {
            throw Error($"expects two tensors of the same type but got {inputs[0].DataType.Label} {inputs[0].Shape} and {inputs[1].DataType.Label} {inputs[1].Shape}.");
        }

        return [new TensorType(DataType.Bool, Broadcast(inputs))];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [null, null];

    /// <inheritdoc/>
    public override void Accept(IFunctionVisitor visitor) => visitor.Compare(Comparison);
}
