using Nabla.Data;
using Nabla.Formats;
using SkiaSharp;

namespace Nabla.Vision;

/// <summary>
/// Reads pictures (PNG, JPEG, BMP, GIF, WebP) as inputs of a network. They are turned upright by what the camera noted, put on white where they
/// are transparent, and stretched to the size that the network reads.
/// </summary>
/// <example><code>Tensor input = ImageReader.Read("cat.jpg", new ImagePreprocessing { Height = 64, Width = 64, Channels = 3 });</code></example>
public static class ImageReader
{
    // A file of a few kilobytes can hold a picture of any size.
    private const long PixelLimit = 100_000_000;

    /// <summary>Reads a picture: <c>[height, width, channels]</c>, float32, pixels divided and shifted as the preprocessing says.</summary>
    /// <exception cref="InvalidFileException">The file is damaged, no picture, or has more than 100 million pixels.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static Tensor Read(string path, ImagePreprocessing preprocessing)
    {
        PackedFile.Require(path);
        return Decode(File.ReadAllBytes(path), path, preprocessing);
    }

    /// <summary>Reads a picture that is in memory.</summary>
    /// <param name="content">The file's content.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="preprocessing">What it becomes.</param>
    /// <exception cref="InvalidFileException">The content is damaged, no picture, or has more than 100 million pixels.</exception>
    public static Tensor Decode(byte[] content, string name, ImagePreprocessing preprocessing) =>
        ToTensor(DecodePixels(content, name, preprocessing), preprocessing);

    /// <summary>Pixels as a tensor, <c>[height, width, channels]</c>, float32.</summary>
    internal static Tensor ToTensor(byte[] pixels, ImagePreprocessing preprocessing)
    {
        float divisor = preprocessing.Divisor;
        float[] values = Array.ConvertAll(pixels, pixel => pixel / divisor);
        for (int index = 0; index < values.Length; index++)
        {
            int channel = index % preprocessing.Channels;
            values[index] = (values[index] - (preprocessing.Mean?[channel] ?? 0)) / (preprocessing.Deviation?[channel] ?? 1);
        }

        return Tensor.From(values, preprocessing.InputShape);
    }

    /// <summary>The pixels from 0 to 255, row after row, the channels of a pixel together.</summary>
    internal static byte[] DecodePixels(byte[] content, string name, ImagePreprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(preprocessing);
        using SKData data = SKData.CreateCopy(content);
        using SKCodec codec = Open(data, content, name);
        using SKBitmap picture = Decode(codec, content.Length, name);
        using SKBitmap upright = TurnUpright(picture, codec.EncodedOrigin);
        byte[] pixels = preprocessing.Channels == 1 ? Grey(upright) : Colours(upright);
        int width = upright.Width;
        if (preprocessing.CentreShare is { } share)
        {
            (pixels, width) = CentreSquare.Of(pixels, width, preprocessing.Channels, share);
        }

        return Resampling.Stretch(pixels, width, preprocessing.Channels, preprocessing.Height, preprocessing.Width);
    }

    /// <summary>How large a picture in memory is, as its header says: nothing is decoded.</summary>
    /// <exception cref="InvalidFileException">The content is damaged or no picture.</exception>
    internal static (int Width, int Height) SizeOf(byte[] content, string name)
    {
        using SKData data = SKData.CreateCopy(content);
        using SKCodec codec = Open(data, content, name);
        return (codec.Info.Width, codec.Info.Height);
    }

    private static SKCodec Open(SKData data, byte[] content, string name)
    {
        PngChunks.Require(content, name);
        return SKCodec.Create(data)
            ?? throw new InvalidFileException(name, FilePosition.Byte(0), $"expected a picture (PNG, JPEG, BMP, GIF or WebP), got {Start(content)}");
    }

    private static string Start(byte[] content) => content.Length == 0
        ? "an empty file"
        : $"a file that starts with {Convert.ToHexString(content.AsSpan(0, Math.Min(8, content.Length)))}";

    private static SKBitmap Decode(SKCodec codec, int length, string name)
    {
        (int width, int height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > PixelLimit)
        {
            throw new InvalidFileException(name, FilePosition.Byte(0), $"expected at most {PixelLimit} pixels, got {width} x {height}");
        }

        SKBitmap bitmap = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul));
        SKCodecResult result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            bitmap.Dispose();
            throw result == SKCodecResult.IncompleteInput
                ? new InvalidFileException(name, FilePosition.Byte(length), $"expected {width} x {height} pixels, got the end of the file")
                : new InvalidFileException(name, FilePosition.None, $"expected {width} x {height} pixels, got something damaged ({result})");
        }

        bitmap.SetImmutable();
        return bitmap;
    }

    private static SKBitmap TurnUpright(SKBitmap picture, SKEncodedOrigin origin)
    {
        (int width, int height) = Orientation.IsTurned(origin) ? (picture.Height, picture.Width) : (picture.Width, picture.Height);
        SKBitmap upright = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using SKCanvas canvas = new(upright);
        using SKImage image = SKImage.FromBitmap(picture);
        canvas.Clear(SKColors.White);
        canvas.SetMatrix(Orientation.Upright(origin, picture.Width, picture.Height));
        canvas.DrawImage(image, 0, 0, SKSamplingOptions.Default);
        return upright;
    }

    private static byte[] Colours(SKBitmap bitmap)
    {
        ReadOnlySpan<byte> source = bitmap.GetPixelSpan();
        byte[] pixels = new byte[source.Length / 4 * 3];
        for (int index = 0; index < pixels.Length; index += 3)
        {
            source.Slice(index / 3 * 4, 3).CopyTo(pixels.AsSpan(index));
        }

        return pixels;
    }

    // The luma of ITU-R BT.601, as JPEG has it.
    private static byte[] Grey(SKBitmap bitmap)
    {
        ReadOnlySpan<byte> source = bitmap.GetPixelSpan();
        byte[] pixels = new byte[source.Length / 4];
        for (int index = 0; index < pixels.Length; index++)
        {
            ReadOnlySpan<byte> pixel = source.Slice(index * 4, 3);
            pixels[index] = (byte)MathF.Round((0.299f * pixel[0]) + (0.587f * pixel[1]) + (0.114f * pixel[2]));
        }

        return pixels;
    }
}
