using Nabla.Formats;

namespace Nabla.Keras.Hdf5;

/// <summary>
/// The bytes of an HDF5 file, read at any place. Each read is checked against the length of the file before anything is allocated, and what describes
/// the data may be read so often only, so that no loop of addresses goes on for ever.
/// </summary>
internal sealed class Hdf5Input(Stream stream, string name)
{
    private const long DescriptionLimit = 1L << 28;
    private const long Reads = 2_000_000;

    private long described;
    private long reads;

    /// <summary>The bytes of the file.</summary>
    public long Length { get; } = stream.Length;

    /// <summary>Reads a part of what describes the data.</summary>
    public Hdf5Cursor Describe(long offset, long count, string what)
    {
        described += count;
        if (described > DescriptionLimit || ++reads > Reads)
        {
            throw Error(offset, "expected a description of the data within the limits of this reader, got one that goes on and on");
        }

        return new Hdf5Cursor(this, Read(offset, count, what), offset);
    }

    /// <summary>Reads bytes.</summary>
    public byte[] Read(long offset, long count, string what)
    {
        Require(offset, count, what);
        byte[] bytes = count <= Array.MaxLength
            ? GC.AllocateUninitializedArray<byte>((int)count)
            : throw Error(offset, $"expected at most {Array.MaxLength} bytes for {what}, got {count}");
        Fill(offset, bytes, what);
        return bytes;
    }

    /// <summary>Fills a buffer.</summary>
    public void Fill(long offset, Span<byte> buffer, string what)
    {
        Require(offset, buffer.Length, what);
        stream.Position = offset;
        try
        {
            stream.ReadExactly(buffer);
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidFileException(name, FilePosition.Byte(offset), $"expected {buffer.Length} bytes for {what}, got fewer", error);
        }
    }

    /// <summary>An error at a byte.</summary>
    public InvalidFileException Error(long offset, string problem, Exception? inner = null) => new(name, FilePosition.Byte(offset), problem, inner);

    /// <summary>An error about the file as a whole.</summary>
    public InvalidFileException Error(string problem) => new(name, FilePosition.None, problem);

    /// <summary>Fails unless the file holds these bytes.</summary>
    public void Require(long offset, long count, string what)
    {
        if (offset < 0 || count < 0 || offset > Length || count > Length - offset)
        {
            throw Error(Math.Clamp(offset, 0, Length), $"expected {count} bytes for {what} at byte {offset}, got a file of {Length}");
        }
    }
}
