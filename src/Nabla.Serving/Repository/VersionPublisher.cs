using System.Globalization;
using Nabla.Formats;

namespace Nabla.Serving.Repository;

/// <summary>Puts models into a repository, as servers that watch it expect: a whole folder at once, with a manifest.</summary>
internal static class VersionPublisher
{
    /// <summary>The version of a model that would come next in a folder, and its path.</summary>
    /// <param name="folder">A repository with a folder of that name, or the folder of a model's versions.</param>
    /// <param name="name">The name of the model.</param>
    /// <returns>The number and the path; null when the folder is neither.</returns>
    public static (int Version, string Path)? Next(string folder, string name)
    {
        string inner = Path.Combine(folder, name);
        string? versions = NumbersIn(folder).Any() ? folder : Directory.Exists(inner) && !File.Exists(Path.Combine(inner, ModelFolder.DescriptionFile)) ? inner : null;
        if (versions is null)
        {
            return null;
        }

        int next = NumbersIn(versions).DefaultIfEmpty(0).Max() + 1;
        return (next, Path.Combine(versions, next.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Writes a model and its manifest into a folder, as a whole or not at all.</summary>
    /// <param name="path">The folder; an older model there is replaced.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="IOException">The folder holds something else, or cannot be written.</exception>
    public static void Publish(string path, SavedModel model) => AtomicFolder.Write(path, [.. ModelFolder.Files, VersionManifest.FileName], folder =>
    {
        ModelFolder.Save(folder, model);
        VersionManifest.Write(folder);
    });

    private static IEnumerable<int> NumbersIn(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder)
            .Select(version => int.TryParse(Path.GetFileName(version), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)
            .Where(number => number > 0)
        : [];
}
