using System.Runtime.Intrinsics;

namespace Nabla.Ops.Elementwise;

/// <summary>A function of one number, with its vector kernel and its derivative. <see cref="Vector512{T}"/> stands for 64 bytes on any machine: narrower ones split it.</summary>
internal interface IUnaryFunction
{
    /// <summary>Whether it takes integers too.</summary>
    static virtual bool TakesIntegers => false;

    /// <summary>The function of each lane. The width is the same on every machine, so the bits are too.</summary>
    Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged;

    /// <summary>The gradient with respect to <paramref name="x"/>.</summary>
    Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent);
}

/// <summary>A function of two numbers, with its vector kernel and its derivatives.</summary>
internal interface IBinaryFunction
{
    /// <summary>The function of each pair of lanes.</summary>
    Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged;

    /// <summary>The gradient with respect to <paramref name="x"/>, in the broadcast shape.</summary>
    Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent);

    /// <summary>The gradient with respect to <paramref name="y"/>, in the broadcast shape.</summary>
    Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent);
}

/// <summary>Receives the function of an elementwise op with its type, so that its loop is compiled for it.</summary>
internal interface IFunctionVisitor
{
    /// <summary>Takes a function of one number.</summary>
    void Unary<TFunction>(TFunction function)
        where TFunction : struct, IUnaryFunction;

    /// <summary>Takes a function of two numbers.</summary>
    void Binary<TFunction>(TFunction function)
        where TFunction : struct, IBinaryFunction;

    /// <summary>Takes a comparison of two numbers, whose result is a boolean.</summary>
    void Compare<TComparison>(TComparison comparison)
        where TComparison : struct, IComparison;

    /// <summary>Takes the choice of the second input where the first is true, else of the third.</summary>
    void Choose();
}

/// <summary>An op that computes each element of its result alone.</summary>
internal abstract record ElementwiseOp : Op
{
    /// <summary>Hands the function to a visitor.</summary>
    public abstract void Accept(IFunctionVisitor visitor);

    /// <inheritdoc/>
    internal override bool MayOverwrite(int input, int output) => true;

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => outputs[0].Shape.ElementCount;

    /// <summary>The shape that all inputs broadcast to.</summary>
    private protected Shape Broadcast(ReadOnlySpan<TensorType> inputs)
    {
        Shape? shape = inputs[0].Shape;
        foreach (TensorType input in inputs[1..])
        {
            shape = shape is null ? null : Shape.Broadcast(shape, input.Shape);
        }

        return shape ?? throw Error($"expects shapes that broadcast but got {string.Join(" and ", inputs.ToArray().Select(input => input.Shape))}.");
    }
}

/// <summary>Marks an elementwise op that repeats its inputs to a common shape by itself.</summary>
internal interface IBroadcastingOp;

/// <summary>Marks an elementwise op whose results are true or false.</summary>
internal interface IBooleanOp
{
    /// <summary>Whether its operands are true or false too, instead of numbers.</summary>
    bool ReadsBooleans { get; }
}

/// <summary>Applies a function to each element.</summary>
internal sealed record Unary<TFunction>(TFunction Function) : ElementwiseOp
    where TFunction : struct, IUnaryFunction
{
    /// <inheritdoc/>
    public override string Name => typeof(TFunction).Name;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].DataType.IsFloating || (TFunction.TakesIntegers && inputs[0].DataType != DataType.Bool)
        ? [inputs[0]]
        : throw Error($"expects float32 or float64 but got {inputs[0].DataType.Label} {inputs[0].Shape}.");

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [Function.Gradient(inputs[0], outputs[0], cotangents[0]!)];

    /// <inheritdoc/>
    public override void Accept(IFunctionVisitor visitor) => visitor.Unary(Function);
}

/// <summary>Applies a function to each pair of elements, broadcasting by NumPy's rule.</summary>
internal sealed record Binary<TFunction>(TFunction Function) : ElementwiseOp, IBroadcastingOp
    where TFunction : struct, IBinaryFunction
{
    /// <inheritdoc/>
    public override string Name => typeof(TFunction).IsGenericType ? $"{typeof(TFunction).Name[..^2]}Of{typeof(TFunction).GenericTypeArguments[0].Name}" : typeof(TFunction).Name;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        if (inputs[0].DataType != inputs[1].DataType || inputs[0].DataType == DataType.Bool)
        {
            throw Error($"expects two tensors of the same numeric type but got {inputs[0].DataType.Label} {inputs[0].Shape} and {inputs[1].DataType.Label} {inputs[1].Shape}.");
        }

        return [new TensorType(inputs[0].DataType, Broadcast(inputs))];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        (Tensor x, Tensor y, Tensor result, Tensor cotangent) = (inputs[0], inputs[1], outputs[0], cotangents[0]!);
        return
        [
            wanted[0] ? Function.GradientX(x, y, result, cotangent)?.SumTo(x.Shape) : null,
            wanted[1] ? Function.GradientY(x, y, result, cotangent)?.SumTo(y.Shape) : null,
        ];
    }

    /// <inheritdoc/>
    public override void Accept(IFunctionVisitor visitor) => visitor.Binary(Function);
}
