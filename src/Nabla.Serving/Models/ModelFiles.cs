using Nabla.Formats;
using Nabla.Onnx;

namespace Nabla.Serving.Models;

/// <summary>Reads the model at a path.</summary>
internal delegate IServedModel ModelReader(string path);

/// <summary>Finds and reads the model that a path means: a model folder, a <c>.nabla</c> file, an ONNX file, or a folder with one of these files.</summary>
internal static class ModelFiles
{
    private const string OnnxExtension = ".onnx";

    /// <summary>Whether there is a model at a path; nothing is read.</summary>
    public static bool Exists(string path) => Find(path) is not null;

    /// <summary>The name of a model whose place says none: the one it was saved with, or that of its file.</summary>
    /// <exception cref="IOException">There is no model.</exception>
    public static string NameOf(string path) =>
        Find(path) is { } file && !IsOnnx(file) ? ModelFolder.NameOf(file) : Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path));

    /// <summary>Reads a model.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="read">Reads a model folder or <c>.nabla</c> file.</param>
    /// <exception cref="IOException">There is none, or it cannot be read.</exception>
    public static IServedModel Load(string path, Func<string, SavedModel> read)
    {
        string file = Find(path) ?? throw new FileNotFoundException($"{path}: expected a model folder, a {ModelFolder.ArchiveExtension} file or an {OnnxExtension} file.", path);
        return IsOnnx(file) ? new OnnxServedModel(OnnxModel.Load(file), file)
            : ModelFolder.HoldsGraph(file) ? new GraphServedModel(ModelFolder.LoadGraph(file))
            : new NetworkModel(read(file));
    }

    private static string? Find(string path)
    {
        if (File.Exists(path))
        {
            return IsOnnx(path) || IsArchive(path) ? path : null;
        }

        if (!Directory.Exists(path))
        {
            return null;
        }

        return File.Exists(Path.Combine(path, ModelFolder.DescriptionFile))
            ? path
            : Directory.EnumerateFiles(path).Where(file => IsOnnx(file) || IsArchive(file)).Order(StringComparer.Ordinal).FirstOrDefault();
    }

    private static bool IsOnnx(string path) => path.EndsWith(OnnxExtension, StringComparison.OrdinalIgnoreCase);

    private static bool IsArchive(string path) => path.EndsWith(ModelFolder.ArchiveExtension, StringComparison.OrdinalIgnoreCase);
}
