namespace Nabla.Layers.Regularizers;

/// <summary>l1 * sum(|x|) + l2 * sum(x²) (Zou and Hastie, Regularization and Variable Selection via the Elastic Net, 2005).</summary>
/// <param name="L1">The factor of the absolute values, at least 0.</param>
/// <param name="L2">The factor of the squares, at least 0.</param>
public sealed record L1L2(double L1 = 0.01, double L2 = 0.01) : Regularizer
{
    /// <summary>The factor of the absolute values.</summary>
    public double L1 { get; } = Checked(L1);

    /// <summary>The factor of the squares.</summary>
    public double L2 { get; } = Checked(L2);

    /// <inheritdoc/>
    public override Tensor Penalty(Tensor value) => (value.Abs().Sum() * L1) + (value.Square().Sum() * L2);
}
