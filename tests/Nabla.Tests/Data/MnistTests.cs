using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Tests.Data;

public sealed class MnistTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_committed_files_hold_the_known_digits()
    {
        MnistData digits = Mnist.Load(Repository.PathOf("data/mnist"));
        Assert.Equal([60_000, 28, 28, 1], digits.Train.Images.Shape);
        Assert.Equal([10_000, 28, 28, 1], digits.Test.Images.Shape);
        Tensor batch = digits.Test.ToDataset().Batch(3).Epoch(0, start: 7).First().Inputs[0];
        Assert.Equal(digits.Test.Images.Slice(0, 21, 3).ToArray<float>(), batch.ToArray<float>());
        Assert.Equal(batch.Slice(0, 1, 1).ToArray<float>(), digits.Test.ToDataset().Epoch(0, start: 22).First().Input.ToArray<float>());
        Assert.Equal([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], Counts(digits.Train.Labels));
        Assert.Equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], Counts(digits.Test.Labels));
        Assert.Equal([5, 0, 4, 1, 9], digits.Train.Labels.ToArray<int>()[..5]);

        // The mean that everyone normalises MNIST with.
        double mean = 0;
        foreach (float pixel in digits.Train.Images.AsSpan<float>())
        {
            mean += pixel;
        }

        Assert.Equal(0.1307, mean / digits.Train.Images.Shape.ElementCount, 0.00005);
    }

    [Fact]
    public void Each_pixel_is_divided_by_255()
    {
        Write("train", [.. Enumerable.Range(0, 256).Select(value => (byte)value)], [3], height: 16, width: 16);
        Write("t10k", new byte[256], [0], height: 16, width: 16);
        LabeledImages images = Mnist.Load(folder.ToString()).Train;
        Assert.Equal([1, 16, 16, 1], images.Images.Shape);
        Assert.Equal(Enumerable.Range(0, 256).Select(value => value / 255f), images.Images.ToArray<float>());
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Write("train", new byte[4], [0], 2, 2);
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => Mnist.Load(folder.ToString()));
        Assert.StartsWith(folder.File("t10k-images-idx3-ubyte.gz"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_labels_than_images_are_refused()
    {
        Write("train", new byte[4], [0, 1], 2, 2);
        Write("t10k", new byte[4], [0], 2, 2);
        Assert.Contains("expected [1], a label for each image, of uint8, got [2]", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_above_9_is_refused_with_its_byte()
    {
        Write("train", new byte[8], [9, 10], 2, 2);
        Write("t10k", new byte[4], [0], 2, 2);
        Assert.EndsWith("train-labels-idx1-ubyte: expected labels from 0 to 9, got 10 at byte 9", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_download_is_named_with_the_byte()
    {
        Write("train", new byte[4], [0], 2, 2);
        Write("t10k", new byte[4], [0], 2, 2);
        byte[] whole = File.ReadAllBytes(Repository.PathOf("data/mnist/t10k-images-idx3-ubyte.gz"));
        File.Delete(folder.File("t10k-images-idx3-ubyte"));
        folder.Write("t10k-images-idx3-ubyte.gz", whole[..100_000]);
        Assert.Matches(@"t10k-images-idx3-ubyte\.gz: expected .* at byte \d+$", Refused());
    }

    private static int[] Counts(Tensor labels)
    {
        int[] counts = new int[10];
        foreach (int label in labels.AsSpan<int>())
        {
            counts[label]++;
        }

        return counts;
    }

    private string Refused() => Assert.Throws<InvalidFileException>(() => Mnist.Load(folder.ToString())).Message;

    private void Write(string part, byte[] pixels, byte[] labels, byte height, byte width)
    {
        byte count = (byte)(pixels.Length / height / width);
        folder.Write($"{part}-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, height, 0, 0, 0, width, .. pixels]);
        folder.Write($"{part}-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, (byte)labels.Length, .. labels]);
    }
}
