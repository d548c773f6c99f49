using System.Runtime.Intrinsics;

namespace Nabla.Ops.Elementwise;

internal readonly record struct And : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => x & y;

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => null;

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => null;
}

internal readonly record struct Or : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => x | y;

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => null;

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => null;
}

internal readonly record struct Xor : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => x ^ y;

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => null;

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => null;
}

/// <summary>A function of two booleans, broadcasting by NumPy's rule.</summary>
internal sealed record Logical<TFunction>(TFunction Function) : ElementwiseOp, IBroadcastingOp, IBooleanOp
    where TFunction : struct, IBinaryFunction
{
    /// <inheritdoc/>
    public bool ReadsBooleans => true;

    /// <inheritdoc/>
    public override string Name => $"Logical{typeof(TFunction).Name}";

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        if (inputs[0].DataType != DataType.Bool || inputs[1].DataType != DataType.Bool)
        {
            throw Error($"expects two tensors of type bool, such as comparisons give, but got {inputs[0].DataType.Label} {inputs[0].Shape} and {inputs[1].DataType.Label} {inputs[1].Shape}.");
        }

        return [new TensorType(DataType.Bool, Broadcast(inputs))];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [null, null];

    /// <inheritdoc/>
    public override void Accept(IFunctionVisitor visitor) => visitor.Binary(Function);
}

/// <summary>The second input where the first is true, else the third, broadcasting by NumPy's rule.</summary>
internal sealed record Where : ElementwiseOp, IBroadcastingOp
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        if (inputs[0].DataType != DataType.Bool || inputs[1].DataType != inputs[2].DataType)
        {
            throw Error($"expects a condition of type bool and two tensors of the same type but got {inputs[0].DataType.Label} {inputs[0].Shape}, "
                + $"{inputs[1].DataType.Label} {inputs[1].Shape} and {inputs[2].DataType.Label} {inputs[2].Shape}.");
        }

        return [new TensorType(inputs[1].DataType, Broadcast(inputs))];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        (Tensor condition, Tensor cotangent) = (inputs[0], cotangents[0]!);
        return
        [
            null,
            wanted[1] ? condition.Where(cotangent, 0).SumTo(inputs[1].Shape) : null,
            wanted[2] ? condition.Where(0, cotangent).SumTo(inputs[2].Shape) : null,
        ];
    }

    /// <inheritdoc/>
    public override void Accept(IFunctionVisitor visitor) => visitor.Choose();
}
