using Nabla.Data;
using Nabla.Formats;
using Nabla.Tests.Formats;
using SkiaSharp;

namespace Nabla.Vision.Tests;

public sealed class ImageReaderTests
{
    [Fact]
    public void A_picture_of_the_right_size_keeps_its_pixels()
    {
        byte[] png = Pictures.Encode(3, 2, (x, y) => new SKColor((byte)(10 * x), (byte)(100 * y), 7));
        Tensor image = ImageReader.Decode(png, "a.png", Size(2, 3, 3) with { Divisor = 1 });
        Assert.Equal([2, 3, 3], image.Shape);
        Assert.Equal([0, 0, 7, 10, 0, 7, 20, 0, 7, 0, 100, 7, 10, 100, 7, 20, 100, 7], image.ToArray<float>());
    }

    [Fact]
    public void Grey_keeps_what_is_grey_and_weighs_colours_as_the_eye_does()
    {
        byte[] png = Pictures.Encode(2, 1, (x, _) => x == 0 ? new SKColor(77, 77, 77) : new SKColor(255, 0, 0));
        Assert.Equal([77 / 255f, 76 / 255f], ImageReader.Decode(png, "a.png", Size(1, 2, 1)).ToArray<float>());
    }

    [Fact]
    public void A_picture_of_another_size_is_stretched()
    {
        byte[] png = Pictures.Encode(64, 16, (x, _) => x < 32 ? SKColors.Black : SKColors.White);
        float[] pixels = ImageReader.Decode(png, "a.png", Size(2, 4, 1) with { Divisor = 1 }).ToArray<float>();
        Assert.Equal([0, 32, 223, 255, 0, 32, 223, 255], pixels);
    }

    [Fact]
    public void The_square_in_the_middle_can_be_read_alone()
    {
        byte[] png = Pictures.Encode(6, 4, (x, y) => new SKColor((byte)((10 * y) + x), 0, 0));
        ImagePreprocessing centre = Size(2, 2, 3) with { Divisor = 1, CentreShare = 0.5f };
        Assert.Equal([12, 0, 0, 13, 0, 0, 22, 0, 0, 23, 0, 0], ImageReader.Decode(png, "a.png", centre).ToArray<float>());
    }

    [Fact]
    public void Channels_are_shifted_and_scaled()
    {
        byte[] png = Pictures.Encode(1, 1, (_, _) => new SKColor(10, 20, 30));
        ImagePreprocessing shifted = Size(1, 1, 3) with { Divisor = 10, Mean = [0, 1, 2], Deviation = [1, 2, 4] };
        Assert.Equal([1, 0.5f, 0.25f], ImageReader.Decode(png, "a.png", shifted).ToArray<float>());
    }

    [Fact]
    public void What_is_transparent_becomes_white()
    {
        byte[] png = Pictures.Encode(2, 1, (x, _) => new SKColor(0, 0, 0, x == 0 ? (byte)0 : (byte)255));
        Assert.Equal([1, 0], ImageReader.Decode(png, "a.png", Size(1, 2, 1)).ToArray<float>());
    }

    // The stored picture is bright in its upper left quarter; each number says where that quarter is when the picture is upright.
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 2)]
    [InlineData(5, 0)]
    [InlineData(6, 1)]
    [InlineData(7, 3)]
    [InlineData(8, 2)]
    public void A_photograph_is_turned_upright(byte orientation, int bright)
    {
        byte[] jpeg = Pictures.Encode(32, 16, (x, y) => x < 16 && y < 8 ? SKColors.White : SKColors.Black, SKEncodedImageFormat.Jpeg);
        float[] quarters = ImageReader.Decode(Pictures.WithOrientation(jpeg, orientation), "a.jpg", Size(2, 2, 1)).ToArray<float>();
        Assert.Equal(bright, Array.IndexOf(quarters, quarters.Max()));
        Assert.True(quarters.Max() > 0.7 && quarters.Order().ElementAt(2) < 0.2, string.Join(' ', quarters));
    }

    [Fact]
    public void A_png_cut_short_or_changed_names_the_byte()
    {
        byte[] png = Pictures.Encode(5, 5, (x, y) => new SKColor((byte)x, (byte)y, 0));
        HostileInput.EveryTruncationIsRefused(png, Read);
        HostileInput.RandomCorruptionIsReadOrRefused(png, Read);
        Assert.EndsWith("expected the rest of a PNG picture, got the end of the file at byte 60", Refused(png[..60]), StringComparison.Ordinal);
        png[20]++;
        Assert.Matches("^a.png: expected a part 'IHDR' with checksum [0-9A-F]{8}, got [0-9A-F]{8} at byte 8$", Refused(png));
    }

    [Fact]
    public void A_jpeg_cut_short_or_changed_is_read_or_refused()
    {
        byte[] jpeg = Pictures.Encode(40, 40, (x, y) => new SKColor((byte)(x * y), (byte)(x ^ y), 0), SKEncodedImageFormat.Jpeg);
        HostileInput.RandomCorruptionIsReadOrRefused(jpeg, Read);
        Assert.EndsWith($"got the end of the file at byte {jpeg.Length / 2}", Refused(jpeg[..(jpeg.Length / 2)]), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_picture_or_too_large_is_refused()
    {
        Assert.Equal("a.png: expected a picture (PNG, JPEG, BMP, GIF or WebP), got a file that starts with 68656C6C6F at byte 0", Refused("hello"u8.ToArray()));
        Assert.Contains("got an empty file", Refused([]), StringComparison.Ordinal);
        byte[] gif = [.. "GIF89a"u8, 255, 255, 255, 255, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2C, 0, 0, 0, 0, 255, 255, 255, 255, 0, 2, 2, 0x4C, 1, 0, 0x3B];
        Assert.Contains("expected at most 100000000 pixels, got 65535 x 65535", Refused(gif), StringComparison.Ordinal);
    }

    private static ImagePreprocessing Size(int height, int width, int channels) => new() { Height = height, Width = width, Channels = channels };

    private static void Read(string path) => ImageReader.Read(path, Size(4, 4, 3));

    private static string Refused(byte[] content) =>
        Assert.Throws<InvalidFileException>(() => ImageReader.Decode(content, "a.png", Size(4, 4, 3))).Message;
}
