using Google.Protobuf;
using Nabla.Formats;
using Nabla.TensorBoard.Protos;
using Nabla.TensorBoard.Records;

namespace Nabla.TensorBoard;

/// <summary>
/// An event file, ours or one that TensorFlow, PyTorch or another program wrote. Checksums are verified; a record that is not whole at the end is left
/// out, since its writer may be at work.
/// </summary>
/// <example>
/// <code>
/// foreach (LoggedEvent logged in EventFile.Load(path).Events)
/// {
///     Console.WriteLine($"{logged.Step} {logged.Tag} {logged.Value}");
/// }
/// </code>
/// </example>
public sealed class EventFile
{
    internal const string Version = "brain.Event:2";

    private EventFile(string path, IReadOnlyList<LoggedEvent> events, bool isWhole) => (Path, Events, IsWhole) = (path, events, isWhole);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What it holds, in the order of writing.</summary>
    public IReadOnlyList<LoggedEvent> Events { get; }

    /// <summary>Whether the file ends behind a record; else its writer goes on or was stopped.</summary>
    public bool IsWhole { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFileException">A checksum does not fit, or a record is no event; the message names the byte.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static EventFile Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        PackedFile.Require(path);
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16, FileOptions.SequentialScan);
        RecordReader records = new(stream, path);
        List<LoggedEvent> events = [];
        while (records.Next() is { } record)
        {
            events.AddRange(EventParser.Parse(ParseRecord(record, records)));
        }

        return new EventFile(path, events, !records.IsCut);
    }

    private static Event ParseRecord(byte[] record, RecordReader records)
    {
        try
        {
            return Event.Parser.ParseFrom(record);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw records.Error($"expected an event, got something else ({error.Message.TrimEnd('.')})", error);
        }
    }
}
