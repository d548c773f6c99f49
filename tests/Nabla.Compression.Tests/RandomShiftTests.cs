using Nabla.Data;

namespace Nabla.Compression.Tests;

public sealed class RandomShiftTests
{
    private const int Height = 5;
    private const int Width = 7;
    private static readonly Tensor Image = RandomKey.FromSeed(1).Uniform([Height, Width, 2], 1, 2);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(-2, 3)]
    [InlineData(4, -6)]
    public void Each_pixel_comes_from_where_it_was_and_zeros_from_the_side(int down, int right)
    {
        Tensor moved = RandomShift.Shift(Image, down, right);
        Assert.Equal(Image.Type, moved.Type);
        for (int row = 0; row < Height; row++)
        {
            for (int column = 0; column < Width; column++)
            {
                bool isInside = row - down is >= 0 and < Height && column - right is >= 0 and < Width;
                Assert.Equal(isInside ? Pixel(Image, row - down, column - right) : [0f, 0f], Pixel(moved, row, column));
            }
        }
    }

    [Fact]
    public void Images_move_anew_in_each_epoch_and_all_ways_are_taken_but_the_same_seed_moves_them_alike()
    {
        Dataset<Sample> images = RandomShift.Apply(Same(count: 400), pixels: 1, seed: 3);
        string[] first = Ways(images, epoch: 0);
        Assert.Equal(9, first.Distinct().Count());
        Assert.All(first.CountBy(way => way), way => Assert.InRange(way.Value, 20, 70));
        Assert.Equal(first, Ways(RandomShift.Apply(Same(count: 400), pixels: 1, seed: 3), epoch: 0));
        Assert.NotEqual(first, Ways(images, epoch: 1));
        Assert.NotEqual(first, Ways(RandomShift.Apply(Same(count: 400), pixels: 1, seed: 4), epoch: 0));
    }

    [Fact]
    public void What_is_no_image_or_too_small_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RandomShift.Apply(Same(count: 1), pixels: -1, seed: 1));
        Assert.Contains("Expected an image [height, width, channels] of more than 5 x 0 pixels, got [5, 7, 2]", Assert.Throws<ArgumentException>(() => RandomShift.Shift(Image, 5, 0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RandomShift.Shift(Tensor.Zeros([4]), 0, 0));
    }

    private static Dataset<Sample> Same(int count) => Dataset.FromEnumerable([.. Enumerable.Repeat(new Sample(Image, Tensor.Scalar(0)), count)]);

    // Where the image's first inner pixel stands now tells the way.
    private static string[] Ways(Dataset<Sample> images, int epoch) => [.. images.Epoch(epoch).Select(sample => WayOf(sample.Input))];

    private static string WayOf(Tensor moved)
    {
        float[] wanted = Pixel(Image, 2, 3);
        return Enumerable.Range(1, 3).SelectMany(row => Enumerable.Range(2, 3).Select(column => (row, column)))
            .Single(place => Pixel(moved, place.row, place.column).SequenceEqual(wanted)).ToString();
    }

    private static float[] Pixel(Tensor image, int row, int column) => image.Slice(0, row, 1).Slice(1, column, 1).ToArray<float>();
}
