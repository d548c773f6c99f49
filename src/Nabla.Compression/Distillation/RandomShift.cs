using Nabla.Data;
using Nabla.Data.Pipeline;

namespace Nabla.Compression;

/// <summary>
/// Images that stand elsewhere in each epoch. A student that has seen few images learns them by heart; shifted, they are always new to it, and its teacher, which
/// answers each image as it is shown, says how it would be read there.
/// </summary>
/// <example><code>trainer.Fit(RandomShift.Apply(train, pixels: 2, seed: 1), validation);</code></example>
public static class RandomShift
{
    /// <summary>Moves each image by whole pixels, up or down and left or right, as far as a number of pixels; zeros come in from the side.</summary>
    /// <param name="samples">Samples of one image <c>[height, width, channels]</c>.</param>
    /// <param name="pixels">The farthest way, 0 or more and less than the sides.</param>
    /// <param name="seed">With the epoch and the place of the image in it, what decides the way.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pixels"/> is below 0.</exception>
    public static Dataset<Sample> Apply(Dataset<Sample> samples, int pixels, long seed)
    {
        ArgumentNullException.ThrowIfNull(samples);
        uint ways = (2 * (uint)Limits.AtLeast(0, pixels)) + 1;
        RandomKey key = RandomKey.FromSeed(seed).Fold(nameof(RandomShift));
        return new MappedDataset<Sample, Sample>(samples, (sample, epoch, place) =>
        {
            ulong drawn = key.Fold(epoch).Fold(place).Value;
            return sample with { Inputs = [Shift(sample.Input, (int)(drawn % ways) - pixels, (int)(drawn / ways % ways) - pixels)] };
        });
    }

    /// <summary>An image moved by whole pixels; zeros come in from the side.</summary>
    /// <param name="image"><c>[height, width, channels]</c></param>
    /// <param name="down">How far down; up if negative.</param>
    /// <param name="right">How far to the right; to the left if negative.</param>
    /// <exception cref="ArgumentException">The image has other axes, or would be moved out of itself.</exception>
    public static Tensor Shift(Tensor image, int down, int right)
    {
        ArgumentNullException.ThrowIfNull(image);
        return image.Rank == 3 && Math.Abs(down) < image.Shape[0] && Math.Abs(right) < image.Shape[1]
            ? Tensor.Create(image.Type, target => Copy(image, target, down, right))
            : throw new ArgumentException($"Expected an image [height, width, channels] of more than {down} x {right} pixels, got {image.Shape}.");
    }

    private static void Copy(Tensor image, Span<byte> target, int down, int right)
    {
        ReadOnlySpan<byte> source = image.AsBytes();
        (int height, int width, int pixel) = (image.Shape[0], image.Shape[1], image.Shape[2] * image.DataType.Size);
        int length = (width - Math.Abs(right)) * pixel;
        (int from, int to) = (Math.Max(-right, 0) * pixel, Math.Max(right, 0) * pixel);
        for (int row = Math.Max(down, 0); row < height + Math.Min(down, 0); row++)
        {
            source.Slice(((row - down) * width * pixel) + from, length).CopyTo(target[((row * width * pixel) + to)..]);
        }
    }
}
