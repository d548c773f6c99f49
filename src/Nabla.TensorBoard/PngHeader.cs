using System.Buffers.Binary;

namespace Nabla.TensorBoard;

/// <summary>The size of a PNG file (W3C, Portable Network Graphics, 11.2.2 IHDR).</summary>
internal static class PngHeader
{
    private const int Length = 26;
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Height, width and channels.</summary>
    /// <exception cref="ArgumentException">The bytes are no PNG file.</exception>
    public static (int Height, int Width, int Channels) Read(ReadOnlySpan<byte> png)
    {
        if (png.Length < Length || !png.StartsWith(Signature))
        {
            throw new ArgumentException($"Expected the content of a PNG file but got {png.Length} other bytes.", nameof(png));
        }

        int channels = png[25] switch { 0 => 1, 2 or 3 => 3, 4 => 2, _ => 4 };
        return (BinaryPrimitives.ReadInt32BigEndian(png[20..]), BinaryPrimitives.ReadInt32BigEndian(png[16..]), channels);
    }
}
