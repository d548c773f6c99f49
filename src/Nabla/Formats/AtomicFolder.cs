namespace Nabla.Formats;

/// <summary>
/// Writes a folder so that readers see either the old one or the whole new one: into a temporary folder beside it, then renamed. Only a
/// crash between the two renames of a replacement leaves neither; the old one is then beside it, hidden, with the ending <c>.old</c>.
/// </summary>
internal static class AtomicFolder
{
    /// <summary>Writes a folder through <paramref name="write"/>. On failure the old folder stays and the temporary one is removed.</summary>
    /// <param name="path">The folder to create or replace.</param>
    /// <param name="files">The names of the files that it may hold: a folder with anything else in it is not replaced.</param>
    /// <param name="write">Writes the files into the folder it is given.</param>
    /// <exception cref="IOException">The folder holds other files, or cannot be written.</exception>
    public static void Write(string path, IReadOnlyCollection<string> files, Action<string> write)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        RequireReplaceable(path, target, files);
        string temporary = Beside(target);
        try
        {
            Directory.CreateDirectory(temporary);
            write(temporary);
            Replace(target, temporary);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    private static void RequireReplaceable(string path, string target, IReadOnlyCollection<string> files)
    {
        if (File.Exists(target))
        {
            throw new IOException($"{path}: expected a folder or nothing, got a file.");
        }

        string? other = Directory.Exists(target)
            ? Directory.EnumerateFileSystemEntries(target).Select(entry => Path.GetFileName(entry)).FirstOrDefault(name => !files.Contains(name))
            : null;
        if (other is not null)
        {
            throw new IOException($"{path}: expected a folder with nothing but {string.Join(", ", files)} to replace, got one that holds '{other}'.");
        }
    }

    private static void Replace(string target, string temporary)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(temporary, target);
            return;
        }

        string old = $"{Beside(target)}.old";
        Directory.Move(target, old);
        try
        {
            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Move(old, target);
            throw;
        }

        Remove(old);
    }

    private static string Beside(string target)
    {
        string parent = Path.GetDirectoryName(target) ?? throw new IOException($"{target}: the root of a disk cannot be replaced.");
        return Path.Combine(parent, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}");
    }

    // The error that matters is the one on its way up.
    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
