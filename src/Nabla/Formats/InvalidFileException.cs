namespace Nabla.Formats;

/// <summary>A file is truncated, corrupt or not what it should be. The message is one line that names the file and the place.</summary>
/// <example><c>train-labels-idx1-ubyte.gz: expected 60000 labels, got only 512 at byte 520</c></example>
public sealed class InvalidFileException : FormatException
{
    /// <summary>An error at a place in a file.</summary>
    /// <param name="path">The file as the user named it.</param>
    /// <param name="position">Where in the file; <see cref="FilePosition.None"/> when the file as a whole is meant.</param>
    /// <param name="problem">What was expected and what is there: one line without a full stop.</param>
    /// <param name="innerException">What a library below said.</param>
    public InvalidFileException(string path, FilePosition position, string problem, Exception? innerException = null)
        : base(OneLine($"{path}: {problem}{position}"), innerException)
    {
        Path = path;
        Position = position;
    }

    /// <summary>The file as the user named it.</summary>
    public string Path { get; }

    /// <summary>Where in the file.</summary>
    public FilePosition Position { get; }

    // Names that come out of a file may hold anything; the terminal of the user must not obey them.
    private static string OneLine(string message)
    {
        char[] characters = message.ToCharArray();
        foreach (ref char character in characters.AsSpan())
        {
            character = char.IsControl(character) ? ' ' : character;
        }

        return new string(characters);
    }
}
