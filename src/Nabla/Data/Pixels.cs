using System.Numerics.Tensors;

namespace Nabla.Data;

/// <summary>Turns 8-bit pixels into numbers from 0 to 1.</summary>
internal static class Pixels
{
    /// <summary>Each pixel divided by 255, the same to the bit on every machine.</summary>
    public static void Scale(ReadOnlySpan<byte> pixels, Span<float> target)
    {
        TensorPrimitives.ConvertChecked(pixels, target);
        TensorPrimitives.Divide(target, 255f, target);
    }
}
