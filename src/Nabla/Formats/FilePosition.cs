using System.Globalization;

namespace Nabla.Formats;

/// <summary>A place in a file: a byte counted from 0 in a binary file, a line counted from 1 in a text.</summary>
public readonly record struct FilePosition
{
    private FilePosition(long? byteOffset, long? lineNumber)
    {
        ByteOffset = byteOffset;
        LineNumber = lineNumber;
    }

    /// <summary>No place: the file as a whole.</summary>
    public static FilePosition None => default;

    /// <summary>The byte, counted from 0 in the unpacked content; null when the place is not a byte.</summary>
    public long? ByteOffset { get; }

    /// <summary>The line, counted from 1; null when the place is not a line.</summary>
    public long? LineNumber { get; }

    /// <summary>A byte of a binary file, counted from 0.</summary>
    public static FilePosition Byte(long offset) => new(offset, null);

    /// <summary>A line of a text file, counted from 1.</summary>
    public static FilePosition Line(long number) => new(null, number);

    /// <summary>The end of an error's message: <c> at byte 16</c>, <c> at line 3</c> or nothing.</summary>
    public override string ToString() => this switch
    {
        { ByteOffset: { } offset } => string.Create(CultureInfo.InvariantCulture, $" at byte {offset}"),
        { LineNumber: { } line } => string.Create(CultureInfo.InvariantCulture, $" at line {line}"),
        _ => "",
    };
}
