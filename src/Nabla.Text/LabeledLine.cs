using Nabla.Formats;

namespace Nabla.Text;

/// <summary>A text with its class, and where it stands.</summary>
internal readonly record struct LabeledLine(string Path, long Line, string Text, string Class)
{
    public InvalidFileException WithoutClass() => new(Path, FilePosition.Line(Line), "expected a class for each text, got none");

    public InvalidFileException Unknown(IReadOnlyList<string> classes) =>
        new(Path, FilePosition.Line(Line), $"expected one of the classes {string.Join(", ", classes)}, got '{Class}'");
}
