namespace Nabla.Ops.Random;

/// <summary>Makes random numbers from a key; it has no inputs and no gradient.</summary>
/// <param name="Key">The source of the numbers.</param>
/// <param name="Type">The type of the result.</param>
internal abstract record RandomOp(RandomKey Key, TensorType Type) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => Makes(Type.DataType)
        ? [Type]
        : throw Error($"does not make {Type.DataType.Label} numbers of shape {Type.Shape}.");

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [];

    /// <inheritdoc/>
    internal override bool IsSymbolic => Key.IsSymbolic;

    private protected virtual bool Makes(DataType dataType) => dataType.IsFloating;
}

/// <summary>Numbers from <c>Low</c> up to <c>High</c>.</summary>
internal sealed record RandomUniform(RandomKey Key, TensorType Type, double Low, double High) : RandomOp(Key, Type);

/// <summary>Numbers of the normal distribution.</summary>
internal sealed record RandomNormal(RandomKey Key, TensorType Type, double Mean, double Deviation) : RandomOp(Key, Type);

/// <summary>float32 numbers of the normal distribution within two deviations.</summary>
internal sealed record RandomTruncatedNormal(RandomKey Key, TensorType Type, double Mean, double Deviation) : RandomOp(Key, Type);

/// <summary>float32 ones with a probability, else zeros.</summary>
internal sealed record RandomBernoulli(RandomKey Key, TensorType Type, double Probability) : RandomOp(Key, Type);

/// <summary>Integers from <c>Low</c> up to, not including, <c>High</c>.</summary>
internal sealed record RandomIntegers(RandomKey Key, TensorType Type, long Low, long High) : RandomOp(Key, Type)
{
    private protected override bool Makes(DataType dataType) => dataType switch
    {
        DataType.Int32 => Low >= int.MinValue && High - 1 <= int.MaxValue,
        DataType.Int64 => true,
        DataType.UInt8 => Low >= 0 && High <= 256,
        _ => false,
    };
}

/// <summary>The int32 numbers from 0 to <c>Count</c> - 1 in random order.</summary>
internal sealed record RandomPermutation(RandomKey Key, int Count) : RandomOp(Key, new TensorType(DataType.Int32, [Count]))
{
    private protected override bool Makes(DataType dataType) => true;
}
