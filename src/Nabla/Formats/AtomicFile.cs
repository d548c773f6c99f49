namespace Nabla.Formats;

/// <summary>
/// Writes a file so that readers see either the old content or the whole new one, also after a crash in the middle: into a temporary
/// file of the same folder, flushed to disk, then renamed.
/// </summary>
public static class AtomicFile
{
    /// <summary>Writes a file through <paramref name="write"/>. On failure the old file stays and the temporary one is removed.</summary>
    /// <param name="path">The file to create or replace. Its folder must exist.</param>
    /// <param name="write">Writes the content; the stream is positioned at 0 and can seek.</param>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, null);

    /// <summary>Writes bytes to a file that nobody but its owner may read.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    internal static void WritePrivate(string path, byte[] bytes) =>
        Write(path, stream => stream.Write(bytes), UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>The folder that a file is to be written into.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    internal static string RequireFolder(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? throw new IOException($"{path}: expected a file, got the root of a disk.");
        return Directory.Exists(folder) ? folder : throw new DirectoryNotFoundException($"{path}: there is no folder {folder} to write it into.");
    }

    private static void Write(string path, Action<Stream> write, UnixFileMode? mode)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = Path.GetFullPath(path);
        string temporary = Path.Combine(RequireFolder(path), $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}");
        try
        {
            using (FileStream stream = new(temporary, Options(mode)))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    /// <summary>Writes bytes to a file.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void WriteBytes(string path, byte[] bytes) => Write(path, stream => stream.Write(bytes));

    /// <summary>Writes text to a file as UTF-8 without a byte order mark.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void WriteText(string path, string text) => WriteBytes(path, System.Text.Encoding.UTF8.GetBytes(text));

    private static FileStreamOptions Options(UnixFileMode? mode)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 1 << 16 };
        if (mode is not null && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        return options;
    }

    // The error that matters is the one on its way up.
    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
