using System.Globalization;
using Nabla.Serving.Models;

namespace Nabla.Serving.Repository;

/// <summary>What lies in a repository: for each model the folders or files of its versions.</summary>
internal static class RepositoryLayout
{
    private const int OnlyVersion = 1;

    /// <summary>Looks for models at a path; nothing is read but the description of a path that is a model itself, for its name.</summary>
    /// <param name="path">A model or a repository.</param>
    /// <param name="singleName">How a single model is called; null for its own name.</param>
    /// <exception cref="ArgumentException">There is a name for a single model, and the path is a repository.</exception>
    /// <exception cref="IOException">There is nothing at the path.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<int, string>> Scan(string path, string? singleName)
    {
        if (IsSingle(path))
        {
            string name = singleName ?? ModelFiles.NameOf(path);
            return new Dictionary<string, IReadOnlyDictionary<int, string>> { [name] = new Dictionary<int, string> { [OnlyVersion] = path } };
        }

        if (singleName is not null)
        {
            throw new ArgumentException($"name '{singleName}': expected a single model, got the repository {path}, whose folders name its models.");
        }

        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"{path}: expected a model folder, a .nabla file, an ONNX file, or a repository of folders name/version/, got {(File.Exists(path) ? "another file" : "nothing")}.");
        }

        return Directory.EnumerateDirectories(path)
            .Where(folder => !IsHidden(folder))
            .Select(folder => (Name: Path.GetFileName(folder), Versions: VersionsIn(folder)))
            .Where(model => model.Versions.Count > 0)
            .ToDictionary(model => model.Name, model => model.Versions);
    }

    /// <summary>Whether a path is one model and no repository.</summary>
    public static bool IsSingle(string path) => ModelFiles.Exists(path) && !(Directory.Exists(path) && VersionsIn(path).Count > 0);

    /// <summary>The newest version in the folder of a model; null where there is none.</summary>
    public static string? NewestIn(string folder) => Directory.Exists(folder) ? VersionsIn(folder).OrderByDescending(version => version.Key).Select(version => version.Value).FirstOrDefault() : null;

    /// <summary>What changes when the files of a version do: their names, sizes and times.</summary>
    public static string Fingerprint(string path)
    {
        IEnumerable<FileInfo> files = File.Exists(path)
            ? [new FileInfo(path)]
            : new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal);
        return string.Join('\n', files.Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}")));
    }

    private static IReadOnlyDictionary<int, string> VersionsIn(string folder)
    {
        Dictionary<int, string> versions = [];
        foreach (string version in Directory.EnumerateDirectories(folder))
        {
            if (int.TryParse(Path.GetFileName(version), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0)
            {
                versions[number] = version;
            }
        }

        return versions;
    }

    private static bool IsHidden(string folder) => Path.GetFileName(folder).StartsWith('.');
}
