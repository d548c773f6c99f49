using System.Buffers.Binary;
using System.Text;
using Nabla.Formats;

namespace Nabla.Keras.Hdf5;

/// <summary>Reads the little-endian fields of one block of an HDF5 file from front to back.</summary>
/// <param name="input">The file.</param>
/// <param name="bytes">The block.</param>
/// <param name="offset">Where it begins in the file.</param>
internal sealed class Hdf5Cursor(Hdf5Input input, byte[] bytes, long offset)
{
    /// <summary>What stands for no address.</summary>
    public const long Nowhere = -1;

    private int position;

    /// <summary>The bytes that are left.</summary>
    public int Remaining => bytes.Length - position;

    /// <summary>Where the next byte is in the file.</summary>
    public long Offset => offset + position;

    /// <summary>The whole block.</summary>
    public ReadOnlySpan<byte> All => bytes;

    public int Byte() => Take(1)[0];

    public int Short() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public long Int() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>A length of eight bytes.</summary>
    public long Length(string what)
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(Take(8));
        return value >= 0 ? value : throw Error($"expected the {what} below 2^63, got {(ulong)value}");
    }

    /// <summary>An address of eight bytes, or <see cref="Nowhere"/>.</summary>
    public long Address()
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(Take(8));
        return value >= Nowhere ? value : throw Error($"expected an address within the file, got {(ulong)value}");
    }

    /// <summary>A number of so many bytes.</summary>
    public long Number(int size)
    {
        ReadOnlySpan<byte> taken = Take(size);
        ulong value = 0;
        for (int index = size - 1; index >= 0; index--)
        {
            value = (value << 8) | taken[index];
        }

        return value <= long.MaxValue ? (long)value : throw Error($"expected a number below 2^63, got {value}");
    }

    public ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > Remaining)
        {
            throw Error($"expected {count} bytes more, got {Remaining}");
        }

        position += (int)count;
        return bytes.AsSpan(position - (int)count, (int)count);
    }

    /// <summary>The block once more from its beginning.</summary>
    public Hdf5Cursor Again() => new(input, bytes, offset);

    public void Skip(long count) => Take(count);

    /// <summary>Goes on to a multiple of bytes from the block's beginning.</summary>
    public void Align(int size) => Skip(Math.Min(Remaining, (size - (position % size)) % size));

    /// <summary>The next bytes as a block of their own.</summary>
    public Hdf5Cursor Part(long count)
    {
        long start = Offset;
        return new Hdf5Cursor(input, Take(count).ToArray(), start);
    }

    /// <summary>Fails unless the next four letters are these.</summary>
    public void Expect(string signature)
    {
        long start = Offset;
        ReadOnlySpan<byte> taken = Take(signature.Length);
        if (!taken.SequenceEqual(Encoding.ASCII.GetBytes(signature)))
        {
            throw input.Error(start, $"expected '{signature}', got '{Encoding.Latin1.GetString(taken)}'");
        }
    }

    /// <summary>The text up to a zero byte.</summary>
    public string Text(long start)
    {
        if (start >= bytes.Length)
        {
            throw Error($"expected a name within {bytes.Length} bytes, got place {start}");
        }

        ReadOnlySpan<byte> rest = bytes.AsSpan((int)start);
        int end = rest.IndexOf((byte)0);
        return end >= 0 ? Encoding.UTF8.GetString(rest[..end]) : throw Error("expected a zero byte behind a name, got none");
    }

    /// <summary>An error at the present place.</summary>
    public InvalidFileException Error(string problem) => input.Error(Offset, problem);
}
