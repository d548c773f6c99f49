using Nabla.Metrics;

namespace Nabla.Losses;

/// <summary>
/// How far the score of the right class is from being 1 above all others: <c>max(0, 1 + max(others) - right)</c>, for one-hot targets
/// (Crammer and Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines, 2001).
/// </summary>
public sealed class CategoricalHinge : RowLoss
{
    // Takes the right class out of the maximum over the others; float32 holds it beside any score.
    private const double Far = 1e30;

    /// <inheritdoc/>
    protected internal override Metric CreateMetric() => new Accuracy();

    /// <inheritdoc/>
    protected override Tensor Rows(Tensor outputs, Tensor targets)
    {
        Tensor right = (outputs * targets).Sum([-1]);
        Tensor others = (outputs - (targets * Far)).Max([-1]);
        return (others - right + 1).Relu();
    }
}
