using Nabla.Formats;

namespace Nabla.Data;

/// <summary>An image file and its class.</summary>
/// <param name="Path">The file.</param>
/// <param name="Label">The place of its class in <see cref="ImageFolder.Classes"/>.</param>
public readonly record struct LabeledFile(string Path, int Label);

/// <summary>A folder with one sub-folder a class, each with the images of that class. Only names are read here; pixels when an epoch is.</summary>
/// <example>
/// <code>
/// ImageFolder flowers = ImageFolder.Open("flowers");   // flowers/daisy/1.jpg, flowers/rose/7.jpg
/// Dataset&lt;Batch&gt; batches = flowers.ToDataset(decode).Shuffle(seed: 1).Batch(32).Prefetch(2);
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
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"{path}: no such folder.");
        }

        string[] folders = [.. Directory.EnumerateDirectories(path, "*", Search(recurse: false)).Order(StringComparer.Ordinal)];
        RequireClasses(path, folders);
        LabeledFile[] files = [.. folders.SelectMany((folder, label) => ImagesOf(folder).Select(file => new LabeledFile(file, label)))];
        return new ImageFolder(path, [.. folders.Select(NameOf)], files);
    }

    /// <summary>The files as a pipeline of samples: the image as input, the label as int32 scalar target.</summary>
    /// <param name="decode">Reads an image, all of the same shape, such as <c>[height, width, channels]</c>; called when a sample is read.</param>
    public Dataset<Sample> ToDataset(Func<string, Tensor> decode)
    {
        Tensor[] labels = [.. Enumerable.Range(0, Classes.Count).Select(label => Tensor.From<int>([label], []))];
        return Dataset.FromEnumerable(Files).Map(file => new Sample(decode(file.Path), labels[file.Label]));
    }

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
            : throw new InvalidFileException(folder, FilePosition.None, $"expected images of class '{NameOf(folder)}' ({string.Join(", ", Extensions)}), got none");
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
