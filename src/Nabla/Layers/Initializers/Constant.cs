namespace Nabla.Layers.Initializers;

/// <summary>The same number everywhere.</summary>
/// <param name="Value">The number.</param>
public sealed record Constant(double Value) : Initializer
{
    /// <summary>The number.</summary>
    public double Value { get; } = Finite(Value, nameof(Value));

    /// <inheritdoc/>
    public override Tensor Create(Shape shape, RandomKey key) => Tensor.Full(shape, Value);
}

/// <summary>Zeros.</summary>
public sealed record Zeros : Initializer
{
    /// <inheritdoc/>
    public override Tensor Create(Shape shape, RandomKey key) => Tensor.Zeros(shape);
}

/// <summary>Ones.</summary>
public sealed record Ones : Initializer
{
    /// <inheritdoc/>
    public override Tensor Create(Shape shape, RandomKey key) => Tensor.Ones(shape);
}
