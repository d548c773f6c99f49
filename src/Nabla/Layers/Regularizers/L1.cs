namespace Nabla.Layers.Regularizers;

/// <summary>factor * sum(|x|): drives values that help little to zero (Tibshirani, Regression Shrinkage and Selection via the Lasso, 1996).</summary>
/// <param name="Factor">The factor, at least 0.</param>
public sealed record L1(double Factor = 0.01) : Regularizer
{
    /// <summary>The factor.</summary>
    public double Factor { get; } = Checked(Factor);

    /// <inheritdoc/>
    public override Tensor Penalty(Tensor value) => value.Abs().Sum() * Factor;
}
