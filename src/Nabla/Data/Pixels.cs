using System.Runtime.InteropServices;

namespace Nabla.Data;

/// <summary>Turns 8-bit pixels into numbers from 0 to 1.</summary>
internal static class Pixels
{
    private static readonly float[] Shades = [.. Enumerable.Range(0, 256).Select(pixel => pixel / 255f)];

    /// <summary>The pixels of a tensor of bytes, each divided by 255.</summary>
    public static Tensor Scaled(Tensor pixels) => Tensor.Create(pixels.Type with { DataType = DataType.Float32 }, bytes =>
        Scale(pixels.AsSpan<byte>(), MemoryMarshal.Cast<byte, float>(bytes)));

    /// <summary>Each pixel divided by 255. A table of the 256 results takes one pass where vectors of conversions and divisions took two.</summary>
    public static void Scale(ReadOnlySpan<byte> pixels, Span<float> target)
    {
        float[] scaled = Shades;
        for (int index = 0; index < target.Length; index++)
        {
            target[index] = scaled[pixels[index]];
        }
    }
}
