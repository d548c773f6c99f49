using System.Runtime.InteropServices;
using SkiaSharp;

namespace Nabla.Vision;

/// <summary>Writes tensors as pictures.</summary>
/// <example><code>File.WriteAllBytes("digit.png", ImageWriter.EncodePng(image));</code></example>
public static class ImageWriter
{
    private const float White = 255;
    private const int BytesPerPixel = 4;

    /// <summary>A picture as the content of a PNG file of 8 bits a channel.</summary>
    /// <param name="image">
    /// <c>[height, width, channels]</c> of 1 (grey), 3 (red, green, blue) or 4 (with alpha, not premultiplied) channels, from 0 to 1; what lies outside is cut,
    /// what is not a number becomes 0.
    /// </param>
    /// <exception cref="ArgumentException">The tensor has another shape or no pixels.</exception>
    public static byte[] EncodePng(Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Rank != 3 || image.ElementCount == 0 || image.Shape[2] is not (1 or 3 or 4))
        {
            throw new ArgumentException($"A picture is [height, width, 1, 3 or 4], but got {image.Shape}.", nameof(image));
        }

        byte[] pixels = image.DataType == DataType.UInt8
            ? image.ToArray<byte>()
            : Array.ConvertAll(image.To(DataType.Float32).ToArray<float>(), ToByte);
        (int height, int width, int channels) = (image.Shape[0], image.Shape[1], image.Shape[2]);
        return channels switch
        {
            1 => Encode(pixels, new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque)),
            BytesPerPixel => Encode(pixels, new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul)),
            _ => Encode(WithAlpha(pixels), new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque)),
        };
    }

    private static byte ToByte(float value) => float.IsNaN(value) ? (byte)0 : (byte)MathF.Round(Math.Clamp(value, 0, 1) * White);

    private static byte[] WithAlpha(byte[] colours)
    {
        byte[] pixels = new byte[colours.Length / 3 * BytesPerPixel];
        for (int pixel = 0; pixel < pixels.Length / BytesPerPixel; pixel++)
        {
            colours.AsSpan(pixel * 3, 3).CopyTo(pixels.AsSpan(pixel * BytesPerPixel));
            pixels[(pixel * BytesPerPixel) + 3] = byte.MaxValue;
        }

        return pixels;
    }

    private static byte[] Encode(byte[] pixels, SKImageInfo info)
    {
        GCHandle pinned = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        try
        {
            using SKPixmap map = new(info, pinned.AddrOfPinnedObject());
            using SKData? data = map.Encode(SKEncodedImageFormat.Png, quality: 100);
            return data?.ToArray() ?? throw new InvalidOperationException($"A picture of {info.Height} x {info.Width} pixels could not be encoded.");
        }
        finally
        {
            pinned.Free();
        }
    }
}
