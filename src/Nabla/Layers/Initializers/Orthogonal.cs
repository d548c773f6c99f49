namespace Nabla.Layers.Initializers;

/// <summary>
/// A random matrix whose columns, or rows if there are fewer of them, are orthonormal, times a gain: it keeps the length of signals through
/// many layers (Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, 2014). The matrix of a
/// kernel <c>[..., outputs]</c> has a column for each output.
/// </summary>
/// <param name="Gain">The factor, above 0.</param>
public sealed record Orthogonal(double Gain = 1) : Initializer
{
    /// <summary>The factor.</summary>
    public double Gain { get; } = Positive(Gain, nameof(Gain));

    /// <inheritdoc/>
    public override Tensor Create(Shape shape, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Rank < 2)
        {
            throw new ArgumentException($"Orthogonal expects a kernel [..., inputs, outputs] but got {shape}.", nameof(shape));
        }

        int columns = shape[-1];
        int rows = shape.Product(0, shape.Rank - 1);
        (int count, int length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        Tensor basis = Tensor.From(OrthonormalBasis.From(key.Normal([count, length]).To(DataType.Float64).ToArray<double>(), length), [count, length]);
        return ((rows >= columns ? basis.Transpose() : basis) * Gain).To(DataType.Float32).Reshape(shape.AsSpan());
    }
}
