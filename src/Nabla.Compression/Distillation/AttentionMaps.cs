namespace Nabla.Compression;

/// <summary>Where features are strong.</summary>
internal static class AttentionMaps
{
    private const double Tiny = 1e-12;

    /// <summary>
    /// The sum of the squares over the channels of <c>[batch, places ..., channels]</c>, as vectors of length 1 <c>[batch, places]</c> (Zagoruyko and Komodakis
    /// 2017, section 3.1, p = 2).
    /// </summary>
    public static Tensor OfFeatures(Tensor features)
    {
        Tensor energy = features.Square().Sum([-1]).Reshape(features.Shape[0], -1);
        return energy / (energy.Square().Sum([1], keepDimensions: true) + Tiny).Sqrt();
    }
}
