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

/// <summary>
/// Booleans that are true with a probability of <c>Share</c> in 65536, from 16 random bits each: what dropout keeps. Half the work of drawing finer
/// ones, and a quarter of the memory of numbers.
/// </summary>
internal sealed record RandomMask(RandomKey Key, Shape Shape, int Share) : RandomOp(Key, new TensorType(DataType.Bool, Shape))
{
    /// <summary>What a share is of.</summary>
    public const int Whole = 1 << 16;

    private protected override bool Makes(DataType dataType) => Share is > 0 and <= Whole;
}

/// <summary>Integers from <c>Low</c> up to, not including, <c>High</c>.</summary>
internal sealed record RandomIntegers(RandomKey Key, TensorType Type, long Low, long High) : RandomOp(Key, Type)
{
    private protected override bool Makes(DataType dataType) => dataType switch
    {
        DataType.Int32 => Low >= int.MinValue && High - 1 <= int.MaxValue,
        DataType.Int64 => true,
        DataType.UInt8 => Low >= 0 && High <= 256,
        DataType.Int8 => Low >= sbyte.MinValue && High - 1 <= sbyte.MaxValue,
        _ => false,
    };
}

/// <summary>The int32 numbers from 0 to <c>Count</c> - 1 in random order.</summary>
internal sealed record RandomPermutation(RandomKey Key, int Count) : RandomOp(Key, new TensorType(DataType.Int32, [Count]))
{
    private protected override bool Makes(DataType dataType) => true;
}
