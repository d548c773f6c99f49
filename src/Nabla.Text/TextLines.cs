using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Reads text files line by line.</summary>
public static class TextLines
{
    /// <summary>The lines of a file in UTF-8, plain or gzipped whatever its name.</summary>
    /// <exception cref="InvalidFileException">It is not UTF-8; the message names the line.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        byte[] bytes = PackedFile.ReadAllBytes(path);
        Utf8Text.Require(bytes, path);
        using StreamReader reader = new(new MemoryStream(bytes));
        List<string> lines = [];
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }
}
