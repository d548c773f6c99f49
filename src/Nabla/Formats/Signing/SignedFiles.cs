using System.Security.Cryptography;

namespace Nabla.Formats;

/// <summary>The files of a model that a signature is about.</summary>
internal static class SignedFiles
{
    /// <summary>The name of a model that is one file.</summary>
    public const string OnlyFile = ".";

    /// <summary>
    /// What at the top of a folder is never part of a model: the signature itself, the list of files that says when a copy is complete, and what Git keeps.
    /// </summary>
    public static IReadOnlyList<string> Ignored { get; } = [".git", ".gitattributes", ".github", ".gitignore", "manifest.json", ModelSigning.SignatureFile];

    /// <summary>The files by their names within the folder, with forward slashes, in the order of their characters.</summary>
    /// <exception cref="IOException">There is nothing, or a link, which may lead elsewhere tomorrow.</exception>
    public static IReadOnlyList<(string Name, string Path)> Enumerate(string path)
    {
        if (File.Exists(path))
        {
            return [(OnlyFile, path)];
        }

        if (!Directory.Exists(path))
        {
            throw new FileNotFoundException($"{path}: no such file or folder.", path);
        }

        List<(string Name, string Path)> files = [];
        foreach (string entry in Directory.EnumerateFileSystemEntries(path).Where(entry => !Ignored.Contains(Path.GetFileName(entry))))
        {
            Add(path, entry, files);
        }

        return [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];
    }

    /// <summary>The SHA-256 of a file in hexadecimal digits.</summary>
    public static string HashOf(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static void Add(string root, string entry, List<(string Name, string Path)> files)
    {
        FileAttributes attributes = File.GetAttributes(entry);
        if (attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            throw new IOException($"{entry}: expected files and folders, got a link: what it leads to cannot be signed.");
        }

        if (!attributes.HasFlag(FileAttributes.Directory))
        {
            files.Add((Path.GetRelativePath(root, entry).Replace('\\', '/'), entry));
            return;
        }

        foreach (string inner in Directory.EnumerateFileSystemEntries(entry))
        {
            Add(root, inner, files);
        }
    }
}
