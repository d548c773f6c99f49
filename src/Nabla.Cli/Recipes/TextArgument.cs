using Nabla.Cli.Commands;
using Nabla.Text;

namespace Nabla.Cli.Recipes;

/// <summary>One text that a command was given.</summary>
/// <param name="File">The file, or the text itself.</param>
/// <param name="Line">The line of the file; null for a text itself.</param>
/// <param name="Text">The text.</param>
internal sealed record TextArgument(string File, long? Line, string Text)
{
    private const string StandardInput = "-";
    private static readonly string[] FileEndings = [".txt", ".text", ".md", ".csv", ".tsv", ".json", ".jsonl", ".gz"];

    /// <summary>Where it stands, for errors.</summary>
    public string Place => Line is { } line ? $"{File} line {line}" : $"'{File}'";

    /// <summary>The texts of an argument: a file with a text a line, <c>-</c> for the standard input, or a text itself.</summary>
    /// <exception cref="UsageException">It is the name of a file that is not there.</exception>
    public static IReadOnlyList<TextArgument> Read(string argument, Func<Stream> openInput)
    {
        if (argument == StandardInput)
        {
            return Number(argument, ReadLines(openInput));
        }

        return IsFile(argument) ? Number(argument, TextLines.Read(argument)) : [new TextArgument(argument, null, argument)];
    }

    /// <summary>The lines of the standard input.</summary>
    public static IReadOnlyList<string> ReadLines(Func<Stream> openInput)
    {
        using Stream stream = openInput();
        return TextLines.Read(stream, "standard input");
    }

    /// <summary>Whether an argument is a file, else it is a text itself.</summary>
    /// <exception cref="UsageException">It is the name of a file that is not there: a mistyped name is no text to answer for.</exception>
    public static bool IsFile(string argument)
    {
        bool isThere = System.IO.File.Exists(argument);
        return isThere || !LooksLikeFile(argument)
            ? isThere
            : throw new UsageException($"{argument}: no such file. If it is a text that looks like a file's name, put a space behind it.");
    }

    /// <summary>The error of a text without a word that the model knows.</summary>
    /// <param name="vocabulary">How many tokens the model knows.</param>
    public UsageException Unknown(int vocabulary) => new($"{Place}: none of its words is in the model's vocabulary of {vocabulary}.");

    private static bool LooksLikeFile(string text) => text.Length > 0 && !text.Any(char.IsWhiteSpace)
        && (Array.Exists(FileEndings, ending => text.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            || (text.AsSpan().IndexOfAny('/', '\\') >= 0 && text.All(char.IsAscii) && text.Any(char.IsAsciiLetter)));

    private static TextArgument[] Number(string file, IReadOnlyList<string> lines) =>
        [.. lines.Select((line, index) => new TextArgument(file, index + 1, line))];
}
