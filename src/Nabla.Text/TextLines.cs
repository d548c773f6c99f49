using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Reads text files line by line.</summary>
public static class TextLines
{
    /// <summary>The lines of a file in UTF-8, plain or gzipped whatever its name.</summary>
    /// <exception cref="InvalidFileException">It is not UTF-8; the message names the line.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static IReadOnlyList<string> Read(string path) => Split(PackedFile.ReadAllBytes(path), path);

    /// <summary>The lines of what a stream holds from here on, in UTF-8.</summary>
    /// <param name="stream">The stream; it is left open.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidFileException">It is not UTF-8; the message names the line.</exception>
    public static IReadOnlyList<string> Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        using MemoryStream content = new();
        stream.CopyTo(content);
        return Split(content.ToArray(), name);
    }

    internal static IReadOnlyList<string> Split(byte[] bytes, string name)
    {
        Utf8Text.Require(bytes, name);
        using StreamReader reader = new(new MemoryStream(bytes));
        List<string> lines = [];
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }
}
