namespace Nabla.Data;

/// <summary>Turns 8-bit pixels into numbers from 0 to 1.</summary>
internal static class Pixels
{
    private static readonly float[] Scaled = [.. Enumerable.Range(0, 256).Select(pixel => pixel / 255f)];

    /// <summary>Each pixel divided by 255. A table of the 256 results takes one pass where vectors of conversions and divisions took two.</summary>
    public static void Scale(ReadOnlySpan<byte> pixels, Span<float> target)
    {
        float[] scaled = Scaled;
        for (int index = 0; index < target.Length; index++)
        {
            target[index] = scaled[pixels[index]];
        }
    }
}
