using Nabla.Text;

namespace Nabla.Cli.Recipes;

/// <summary>One text that a command was given.</summary>
/// <param name="File">The file, or the text itself.</param>
/// <param name="Line">The line of the file; null for a text itself.</param>
/// <param name="Text">The text.</param>
internal sealed record TextArgument(string File, long? Line, string Text)
{
    private const string StandardInput = "-";

    /// <summary>Where it stands, for errors.</summary>
    public string Place => Line is { } line ? $"{File} line {line}" : $"'{File}'";

    /// <summary>The texts of an argument: a file with a text a line, <c>-</c> for the standard input, or a text itself.</summary>
    public static IReadOnlyList<TextArgument> Read(string argument, Func<Stream> openInput)
    {
        if (argument == StandardInput)
        {
            using Stream stream = openInput();
            return Number(argument, TextLines.Read(stream, "standard input"));
        }

        return System.IO.File.Exists(argument) ? Number(argument, TextLines.Read(argument)) : [new TextArgument(argument, null, argument)];
    }

    private static TextArgument[] Number(string file, IReadOnlyList<string> lines) =>
        [.. lines.Select((line, index) => new TextArgument(file, index + 1, line))];
}
