namespace Nabla.Losses;

/// <summary>
/// 1 less the cosine of the angle between outputs and targets along the last axis: 0 for one direction, 2 for opposite ones, 1 for vectors of
/// length 0.
/// </summary>
public sealed class CosineSimilarity : RowLoss
{
    // Keeps the division by a length of 0 finite; added to its square.
    private const double Smallest = 1e-12;

    /// <inheritdoc/>
    protected override Tensor Rows(Tensor outputs, Tensor targets)
    {
        Tensor lengths = (outputs.Square().Sum([-1]) + Smallest).Rsqrt() * (targets.Square().Sum([-1]) + Smallest).Rsqrt();
        return 1 - ((outputs * targets).Sum([-1]) * lengths);
    }
}
