using System.Text.Json;
using Nabla.Formats;
using Nabla.Serving.Http;

namespace Nabla.Serving;

/// <summary>Reads options from a JSON file.</summary>
public static class ServingConfiguration
{
    private const int LargestFile = 1 << 20;

    /// <summary>The options in a file: the properties of <see cref="ServingOptions"/> in camel case; times are written as <c>00:00:30</c>.</summary>
    /// <param name="path">The file; null for the defaults.</param>
    /// <exception cref="InvalidFileException">It is no JSON, or has an unknown field or a value of another type; the message names the field.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static ServingOptions Read(string? path)
    {
        if (path is null)
        {
            return new ServingOptions();
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            return file.Length <= LargestFile
                ? JsonSerializer.Deserialize(file, ServingJson.Default.ServingOptions) ?? throw new JsonException("it is null")
                : throw new InvalidFileException(path, FilePosition.None, $"expected at most {LargestFile} bytes, got {file.Length}");
        }
        catch (JsonException error)
        {
            FilePosition position = error.LineNumber is { } line ? FilePosition.Line(line + 1) : FilePosition.None;
            throw new InvalidFileException(path, position, $"expected options of the server, got a field that is unknown or of another type: {error.Path ?? "$"}", error);
        }
    }
}
