using System.Runtime.InteropServices;
using Nabla.Formats;

namespace Nabla.Data;

/// <summary>The two halves of a data set in MNIST's files.</summary>
/// <param name="Train">What a network learns from: 60,000 images.</param>
/// <param name="Test">What it is judged by: 10,000 images.</param>
public sealed record MnistData(LabeledImages Train, LabeledImages Test);

/// <summary>
/// Reads MNIST and the sets that come in the same four files, such as Fashion-MNIST: 28x28 grey images of ten classes.
/// </summary>
/// <example>
/// <code>
/// MnistData digits = Mnist.Load("data/mnist");
/// Dataset&lt;Batch&gt; batches = digits.Train.ToDataset().Shuffle(seed: 1).Batch(64);
/// </code>
/// </example>
public static class Mnist
{
    private const int ClassCount = 10;
    private const string TrainImages = "train-images-idx3";
    private const string TrainLabels = "train-labels-idx1";
    private const string TestImages = "t10k-images-idx3";
    private const string TestLabels = "t10k-labels-idx1";

    /// <summary>The classes of Fashion-MNIST in the order of their labels.</summary>
    public static IReadOnlyList<string> FashionClasses { get; } =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <summary>
    /// Reads the four files of a folder, gzipped or not: <c>train</c> and <c>t10k</c>, each <c>-images-idx3-ubyte</c> and
    /// <c>-labels-idx1-ubyte</c>.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FileNotFoundException">One of the files is not there; the message names it.</exception>
    /// <exception cref="InvalidFileException">A file is truncated or corrupt, or there are not as many labels as images.</exception>
    public static MnistData Load(string folder)
    {
        // All four are looked for before the first is read.
        string[] paths = [.. new[] { TrainImages, TrainLabels, TestImages, TestLabels }.Select(name => Find(folder, name))];
        return new MnistData(Load(paths[0], paths[1]), Load(paths[2], paths[3]));
    }

    /// <summary>Reads the two files of a folder whose names begin with <c>t10k</c>: what a network is judged by.</summary>
    /// <inheritdoc cref="Load(string)"/>
    public static LabeledImages LoadTest(string folder) => Load(Find(folder, TestImages), Find(folder, TestLabels));

    private static string Find(string folder, string name)
    {
        string[] names = [$"{name}-ubyte.gz", $"{name}-ubyte", $"{Dotted(name)}-ubyte.gz", $"{Dotted(name)}-ubyte"];
        return names.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists) ?? throw new FileNotFoundException(
            $"{Path.Combine(folder, names[0])}: no such file. "
            + "The folder must hold images and labels as IDX files, gzipped or not, for training (train) and for tests (t10k).",
            Path.Combine(folder, names[0]));
    }

    // Some unpacking programs make the last dash a dot: train-images.idx3-ubyte.
    private static string Dotted(string name) => name.Replace("-idx", ".idx", StringComparison.Ordinal);

    private static LabeledImages Load(string imagesPath, string labelsPath)
    {
        Tensor images = IdxReader.Read(imagesPath);
        Require(images.DataType == DataType.UInt8 && images.Shape.Rank == 3, imagesPath, "[count, height, width]", images);
        Tensor labels = IdxReader.Read(labelsPath);
        Require(labels.DataType == DataType.UInt8 && labels.Shape.Rank == 1, labelsPath, "[count]", labels);
        Require(labels.Shape[0] == images.Shape[0], labelsPath, $"[{images.Shape[0]}], a label for each image,", labels);
        RequireClasses(labels, labelsPath);
        return new LabeledImages(images.Reshape([.. images.Shape, 1]), ToInt32(labels));
    }

    private static void Require(bool condition, string path, string expected, Tensor got)
    {
        if (!condition)
        {
            throw new InvalidFileException(path, FilePosition.Byte(0), $"expected {expected} of uint8, got {got.Shape} of {got.DataType.Label}");
        }
    }

    private static void RequireClasses(Tensor labels, string path)
    {
        ReadOnlySpan<byte> values = labels.AsSpan<byte>();
        int wrong = values.IndexOfAnyExceptInRange((byte)0, (byte)(ClassCount - 1));
        if (wrong >= 0)
        {
            const int HeaderSize = 8;
            throw new InvalidFileException(path, FilePosition.Byte(HeaderSize + wrong), $"expected labels from 0 to {ClassCount - 1}, got {values[wrong]}");
        }
    }

    private static Tensor ToInt32(Tensor labels) => Tensor.Create(new TensorType(DataType.Int32, labels.Shape), bytes =>
    {
        Span<int> target = MemoryMarshal.Cast<byte, int>(bytes);
        ReadOnlySpan<byte> source = labels.AsSpan<byte>();
        for (int index = 0; index < target.Length; index++)
        {
            target[index] = source[index];
        }
    });
}
