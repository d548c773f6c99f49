using System.Text;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Reads a file as one text.</summary>
public static class TextFile
{
    /// <summary>The text of a file in UTF-8, plain or gzipped whatever its name; each line ends with one line feed, whatever it ends with in the file.</summary>
    /// <exception cref="InvalidFileException">It is not UTF-8, then the message names the line, or it has nothing but white space.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static string Read(string path) => ReadExact(path).ReplaceLineEndings("\n");

    /// <summary>The text of a file in UTF-8, plain or gzipped whatever its name, with its line ends as they are: a place in the text is one in the file.</summary>
    /// <inheritdoc cref="Read"/>
    public static string ReadExact(string path)
    {
        byte[] bytes = PackedFile.ReadAllBytes(path);
        Utf8Text.Require(bytes, path);
        ReadOnlySpan<byte> content = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes;
        string text = Encoding.UTF8.GetString(content);
        return string.IsNullOrWhiteSpace(text) ? throw new InvalidFileException(path, FilePosition.None, "expected a text, got none") : text;
    }
}
