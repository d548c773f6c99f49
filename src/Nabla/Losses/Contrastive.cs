namespace Nabla.Losses;

/// <summary>
/// For outputs that are distances, 0 or more: their square where the target is 1 (alike), and the square of what is missing to the margin where it is 0
/// (Hadsell et al., Dimensionality Reduction by Learning an Invariant Mapping, 2006).
/// </summary>
/// <param name="margin">The distance from which on different things are far enough; above 0.</param>
public sealed class Contrastive(double margin = 1) : ElementwiseLoss
{
    private readonly double margin = Limits.Positive(margin);

    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets) =>
        (targets * outputs.Square()) + ((1 - targets) * (margin - outputs).Relu().Square());
}
