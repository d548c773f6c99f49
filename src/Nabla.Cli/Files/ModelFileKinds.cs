using Nabla.Cli.Commands;
using Nabla.Cli.Files.Weights;

namespace Nabla.Cli.Files;

/// <summary>The kinds of files that the commands read and write.</summary>
internal static class ModelFileKinds
{
    /// <summary>All kinds, each before those that would take its files for their own.</summary>
    public static IReadOnlyList<ModelFileKind> All { get; } =
    [
        new OnnxKind(),
        new KerasKind(),
        new SafetensorsKind(),
        new ShardedSafetensorsKind(),
        new PyTorchKind(),
        new ShardedPyTorchKind(),
        new GgufKind(),
        new NpzKind(),
        new NpyKind(),
        new EventsKind(),
        new HuggingFaceKind(),
        new NablaKind(),
    ];

    /// <summary>The kind of a path. A folder that nothing else knows, or a place where nothing is, is taken for a model of Nabla, which says what it misses.</summary>
    /// <exception cref="UsageException">A file is of no kind.</exception>
    public static ModelFileKind Of(string path) => All.FirstOrDefault(kind => kind.Matches(path))
        ?? (File.Exists(path)
            ? throw new UsageException($"{path}: expected {List(All)}; the ending of a file says what it is.")
            : All.OfType<NablaKind>().Single());

    /// <summary>The kinds that are written, for <c>--to</c>.</summary>
    public static IEnumerable<ModelFileKind> Exporting => All.Where(kind => kind is IModelExport);

    /// <summary>The kinds that are read by <c>nabla import</c>.</summary>
    public static IEnumerable<ModelFileKind> Importing => All.Where(kind => kind is IModelImport);

    /// <summary>Descriptions as a list for people.</summary>
    public static string List(IEnumerable<ModelFileKind> kinds) => string.Join(", ", kinds.Select(kind => kind.Description));
}
