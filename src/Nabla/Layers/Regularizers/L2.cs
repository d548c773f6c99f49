namespace Nabla.Layers.Regularizers;

/// <summary>factor * sum(x²): keeps values small (Hoerl and Kennard, Ridge Regression, 1970).</summary>
/// <param name="Factor">The factor, at least 0.</param>
public sealed record L2(double Factor = 0.01) : Regularizer
{
    /// <summary>The factor.</summary>
    public double Factor { get; } = Checked(Factor);

    /// <inheritdoc/>
    public override Tensor Penalty(Tensor value) => value.Square().Sum() * Factor;
}
