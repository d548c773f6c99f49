using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nabla.Layers.Initializers;

/// <summary>
/// The Q of a QR decomposition whose R has a positive diagonal, by the modified method of Gram and Schmidt. Each vector is made orthogonal
/// to those before it twice, after which it is so to the last bits (Giraud et al., The loss of orthogonality in the Gram-Schmidt
/// orthogonalization process, 2005). Normally distributed vectors become a uniformly distributed basis.
/// </summary>
internal static class OrthonormalBasis
{
    private const int Passes = 2;

    /// <summary>Makes independent vectors, one behind the other, orthonormal in place.</summary>
    public static double[] From(double[] vectors, int length)
    {
        for (int start = 0; start < vectors.Length; start += length)
        {
            Span<double> vector = vectors.AsSpan(start, length);
            for (int pass = 0; pass < Passes; pass++)
            {
                for (int before = 0; before < start; before += length)
                {
                    Span<double> other = vectors.AsSpan(before, length);
                    AddScaled(vector, other, -Dot(vector, other));
                }
            }

            AddScaled(vector, vector, (1 / Math.Sqrt(Dot(vector, vector))) - 1);
        }

        return vectors;
    }

    // Eight lanes on every machine, so that all machines sum in the same order.
    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ReadOnlySpan<Vector512<double>> wideX = MemoryMarshal.Cast<double, Vector512<double>>(x);
        ReadOnlySpan<Vector512<double>> wideY = MemoryMarshal.Cast<double, Vector512<double>>(y);
        Vector512<double> sums = Vector512<double>.Zero;
        for (int index = 0; index < wideX.Length; index++)
        {
            sums += wideX[index] * wideY[index];
        }

        double sum = Vector512.Sum(sums);
        for (int index = wideX.Length * Vector512<double>.Count; index < x.Length; index++)
        {
            sum += x[index] * y[index];
        }

        return sum;
    }

    private static void AddScaled(Span<double> x, ReadOnlySpan<double> y, double factor)
    {
        Span<Vector512<double>> wideX = MemoryMarshal.Cast<double, Vector512<double>>(x);
        ReadOnlySpan<Vector512<double>> wideY = MemoryMarshal.Cast<double, Vector512<double>>(y);
        for (int index = 0; index < wideX.Length; index++)
        {
            wideX[index] += wideY[index] * factor;
        }

        for (int index = wideX.Length * Vector512<double>.Count; index < x.Length; index++)
        {
            x[index] += y[index] * factor;
        }
    }
}
