using Nabla.Ops.Attentions;

namespace Nabla;

/// <summary>Rotary positions.</summary>
public static class RotaryOps
{
    /// <summary>The usual base of the angles.</summary>
    public const double UsualTheta = 10_000;

    /// <summary>
    /// Turns pairs of elements by angles that grow with their place in the sequence, so that the product of a query and a key depends on how far they
    /// are apart (Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding, 2021, arXiv 2104.09864). At step t elements i and
    /// i + size / 2 are turned by <c>(start + t) * theta^(-2 i / size)</c>: the order of pairs that published Llama weights have.
    /// </summary>
    /// <param name="x"><c>[batch, time, heads, size]</c>, float32 or float64; the size is even.</param>
    /// <param name="start">The place of the first step, 0 or more.</param>
    /// <param name="theta">The base of the angles, above 0.</param>
    /// <param name="scaling">How angles reach beyond the length of the first training; null for not at all.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <exception cref="ArgumentException">The shape or the type does not fit.</exception>
    public static Tensor Rotary(this Tensor x, int start = 0, double theta = UsualTheta, RotaryScaling? scaling = null) =>
        new Rotary(Limits.AtLeast(0, start), Limits.Positive(theta), Back: false) { Scaling = scaling }.ApplyOne(x);
}
