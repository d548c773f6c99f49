using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Vision;

/// <summary>An image file and its class.</summary>
/// <param name="Path">The file.</param>
/// <param name="Label">The place of its class in <see cref="ImageFolder.Classes"/>.</param>
public readonly record struct LabeledFile(string Path, int Label);

/// <summary>A folder with one sub-folder a class, each with the images of that class.</summary>
/// <example>
/// <code>
/// ImageFolder flowers = ImageFolder.Open("flowers");   // flowers/daisy/1.jpg, flowers/rose/7.jpg
/// Dataset&lt;Sample&gt; samples = flowers.Load(new ImagePreprocessing { Height = 64, Width = 64, Channels = 3 });
/// </code>
/// </example>
public sealed class ImageFolder
{
    private const int DepthLimit = 16;

    private ImageFolder(string path, IReadOnlyList<string> classes, IReadOnlyList<LabeledFile> files)
    {
        Path = path;
        Classes = classes;
        Files = files;
    }

    /// <summary>The endings of the files that are taken for images, whatever their case.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"];

    /// <summary>The folder as the user named it.</summary>
    public string Path { get; }

    /// <summary>The names of the sub-folders, in ordinal order: the class of each label.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>All images, by class and then by path in ordinal order.</summary>
    public IReadOnlyList<LabeledFile> Files { get; }

    /// <summary>Lists the images of a folder. Hidden files, hidden folders and files with other endings are passed over.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidFileException">There are no sub-folders, only one, or one without images.</exception>
    public static ImageFolder Open(string path)
    {
        RequireFolder(path);
        string[] folders = Folders(path);
        RequireClasses(path, folders);
        LabeledFile[] files = [.. folders.SelectMany((folder, label) => ImagesOf(folder).Select(file => new LabeledFile(file, label)))];
        return new ImageFolder(path, [.. folders.Select(NameOf)], files);
    }

    /// <summary>Lists the images of a folder whose sub-folders are some of the classes that a network knows.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="classes">The classes; labels are places in this list.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidFileException">A sub-folder is of another class, has no images, or there is none.</exception>
    public static ImageFolder Open(string path, IReadOnlyList<string> classes)
    {
        RequireFolder(path);
        List<LabeledFile> files = [];
        foreach (string folder in Folders(path))
        {
            int label = Enumerable.Range(0, classes.Count).FirstOrDefault(index => classes[index] == NameOf(folder), -1);
            if (label < 0)
            {
                throw new InvalidFileException(folder, FilePosition.None, $"expected one of the classes {string.Join(", ", classes)}, got '{NameOf(folder)}'");
            }

            files.AddRange(ImagesOf(folder).Select(file => new LabeledFile(file, label)));
        }

        return files.Count > 0
            ? new ImageFolder(path, classes, files)
            : throw new InvalidFileException(path, FilePosition.None, $"expected sub-folders for the classes {string.Join(", ", classes)}, got none");
    }

    /// <summary>Whether a folder holds <c>train</c> and <c>test</c>, each to be opened for itself, instead of a sub-folder a class.</summary>
    public static bool IsSplit(string path) =>
        Directory.Exists(System.IO.Path.Combine(path, "train")) && Directory.Exists(System.IO.Path.Combine(path, "test"));

    /// <summary>Some of the images, with the same classes.</summary>
    /// <param name="indices">Places in <see cref="Files"/>.</param>
    public ImageFolder Select(IReadOnlyList<int> indices) => new(Path, Classes, [.. indices.Select(index => Files[index])]);

    /// <summary>Reads all images at once, on all processors, and keeps their pixels in memory, a byte each.</summary>
    /// <param name="preprocessing">What each image becomes.</param>
    /// <param name="cancellationToken">Ends reading between two images.</param>
    /// <returns>Samples with the image <c>[height, width, channels]</c> as float32 input and the label as int32 scalar target.</returns>
    /// <exception cref="InvalidFileException">An image is damaged: the first one by order of <see cref="Files"/>.</exception>
    public Dataset<Sample> Load(ImagePreprocessing preprocessing, CancellationToken cancellationToken = default)
    {
        byte[][] pixels = new byte[Files.Count][];
        InvalidFileException?[] errors = new InvalidFileException?[Files.Count];
        Parallel.For(0, pixels.Length, new ParallelOptions { CancellationToken = cancellationToken }, index =>
        {
            try
            {
                string path = Files[index].Path;
                pixels[index] = ImageReader.DecodePixels(File.ReadAllBytes(path), path, preprocessing);
            }
            catch (InvalidFileException error)
            {
                errors[index] = error;
            }
        });
        if (Array.Find(errors, error => error is not null) is { } first)
        {
            throw first;
        }

        Tensor[] labels = Labels();
        return Dataset.FromEnumerable(Enumerable.Range(0, pixels.Length).ToArray())
            .Map(index => new Sample(ImageReader.ToTensor(pixels[index], preprocessing), labels[Files[index].Label]));
    }

    /// <summary>The files as a pipeline of samples that are decoded when an epoch is read: the image as input, the label as int32 scalar target.</summary>
    /// <param name="decode">Reads an image, all of the same shape, such as <c>[height, width, channels]</c>; called when a sample is read.</param>
    public Dataset<Sample> ToDataset(Func<string, Tensor> decode)
    {
        Tensor[] labels = Labels();
        return Dataset.FromEnumerable(Files).Map(file => new Sample(decode(file.Path), labels[file.Label]));
    }

    private Tensor[] Labels() => [.. Enumerable.Range(0, Classes.Count).Select(label => Tensor.From<int>([label], []))];

    private static void RequireFolder(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException(File.Exists(path) ? $"{path}: expected a folder, got a file." : $"{path}: no such folder.");
        }
    }

    private static string[] Folders(string path) => [.. Directory.EnumerateDirectories(path, "*", Search(recurse: false)).Order(StringComparer.Ordinal)];

    private static void RequireClasses(string path, string[] folders)
    {
        if (folders.Length < 2)
        {
            string got = folders.Length == 0 ? "none" : $"only '{NameOf(folders[0])}'";
            throw new InvalidFileException(path, FilePosition.None, $"expected a folder with a sub-folder for each of at least two classes, got {got}");
        }
    }

    private static string[] ImagesOf(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*", Search(recurse: true)).Where(IsImage).Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files
            : throw new InvalidFileException(
                folder, FilePosition.None, $"expected images of class '{NameOf(folder)}' ({string.Join(", ", Extensions)}), got none");
    }

    private static bool IsImage(string file) => Extensions.Contains(System.IO.Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    private static string NameOf(string folder) => System.IO.Path.GetFileName(folder);

    private static EnumerationOptions Search(bool recurse) => new()
    {
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        IgnoreInaccessible = false,
        MaxRecursionDepth = DepthLimit,
        RecurseSubdirectories = recurse,
    };
}
