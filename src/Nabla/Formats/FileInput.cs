namespace Nabla.Formats;

/// <summary>
/// A stream that is read once from front to back, knows how far it is, and says so in errors. <paramref name="length"/> bounds what
/// the stream can hold, so that nothing is allocated for sizes that a corrupt header claims; <paramref name="start"/> is the place in the file
/// where it begins.
/// </summary>
internal sealed class FileInput(Stream stream, string name, long length, long start = 0) : IDisposable
{
    private const int DroppedAtOnce = 1 << 16;

    /// <summary>The file as the user named it.</summary>
    public string Name => name;

    /// <summary>The place in the file.</summary>
    public long Position { get; private set; } = start;

    /// <summary>What is left at most.</summary>
    public long Remaining => length - Position;

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">There is none, or the path is that of a folder.</exception>
    public static FileInput Open(string path)
    {
        // The system would say that access is denied.
        if (Directory.Exists(path))
        {
            throw new IOException($"{path}: expected a file, got a folder.");
        }

        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        return new FileInput(stream, path, stream.CanSeek ? stream.Length : long.MaxValue);
    }

    /// <summary>Fills <paramref name="buffer"/> or fails at the byte where the file ends.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="what">What the bytes are, for the error.</param>
    public void Read(Span<byte> buffer, string what)
    {
        Require(buffer.Length, what);
        int total = 0;
        while (total < buffer.Length)
        {
            int count = ReadSome(buffer[total..]);
            if (count == 0)
            {
                throw Truncated(buffer.Length, total, Position, what);
            }

            total += count;
        }
    }

    /// <summary>The next bytes, as many as come at once; 0 at the end.</summary>
    public int ReadSome(Span<byte> buffer)
    {
        // What unpacks the stream may find it corrupt.
        try
        {
            int count = stream.Read(buffer);
            Position += count;
            return count;
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw Error($"expected packed data, got something corrupt ({error.Message.TrimEnd('.')})", error);
        }
    }

    /// <summary>The next bytes as an array.</summary>
    public byte[] Read(long count, string what)
    {
        Require(count, what);
        if (count > Array.MaxLength)
        {
            throw Error($"expected at most {Array.MaxLength} bytes for {what}, got {count}");
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)count);
        Read(bytes, what);
        return bytes;
    }

    /// <summary>Leaves bytes out; what is packed must be unpacked for that.</summary>
    /// <param name="count">How many.</param>
    /// <param name="what">What the bytes are, for the error.</param>
    public void Skip(long count, string what)
    {
        Require(count, what);
        if (stream.CanSeek)
        {
            stream.Seek(count, SeekOrigin.Current);
            Position += count;
            return;
        }

        byte[] dropped = new byte[Math.Min(count, DroppedAtOnce)];
        for (long left = count; left > 0; left -= dropped.Length)
        {
            Read(dropped.AsSpan(0, (int)Math.Min(left, dropped.Length)), what);
        }
    }

    /// <summary>Fails when the file goes on.</summary>
    public void ExpectEnd(string after)
    {
        long end = Position;
        if (ReadSome(stackalloc byte[1]) != 0)
        {
            throw ErrorAt(end, $"expected the file to end after {after}, got more");
        }
    }

    /// <summary>Fails when fewer than <paramref name="count"/> bytes can follow.</summary>
    public void Require(long count, string what)
    {
        if (count > Remaining)
        {
            throw Truncated(count, Remaining, length, what);
        }
    }

    /// <summary>An error at the present place.</summary>
    public InvalidFileException Error(string problem, Exception? inner = null) => ErrorAt(Position, problem, inner);

    /// <summary>An error at a place.</summary>
    public InvalidFileException ErrorAt(long position, string problem, Exception? inner = null) =>
        new(name, FilePosition.Byte(position), problem, inner);

    public void Dispose() => stream.Dispose();

    private InvalidFileException Truncated(long expected, long got, long end, string what) =>
        ErrorAt(end, $"expected {expected} bytes for {what}, got {(got == 0 ? "the end of the file" : $"only {got}")}");
}
