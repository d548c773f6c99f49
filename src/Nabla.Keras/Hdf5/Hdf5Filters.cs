using System.IO.Compression;

namespace Nabla.Keras.Hdf5;

/// <summary>What was done to each chunk before it was stored: shuffling and deflating alone (HDF5 File Format Specification 3.0, section IV.A.2.l).</summary>
internal sealed class Hdf5Filters
{
    private const int Deflate = 1;
    private const int Shuffle = 2;
    private const int Largest = 8;

    private readonly List<int> kinds = [];

    private Hdf5Filters()
    {
    }

    /// <summary>How many times as long as what is stored the data may be at most.</summary>
    public int LargestRatio => kinds.Contains(Deflate) ? 1032 : 1;

    public static Hdf5Filters Read(Hdf5Cursor? body)
    {
        Hdf5Filters filters = new();
        if (body is null)
        {
            return filters;
        }

        (int version, int count) = (body.Byte(), body.Byte());
        if (version is not (1 or 2) || count > Largest)
        {
            throw body.Error($"expected at most {Largest} filters of version 1 or 2, got {count} of version {version}");
        }

        body.Skip(version == 1 ? 6 : 0);
        for (int index = 0; index < count; index++)
        {
            filters.Add(body, version);
        }

        return filters;
    }

    /// <summary>A chunk as it was before.</summary>
    /// <param name="stored">The chunk as it is stored.</param>
    /// <param name="skipped">A bit for each filter that was not applied to this chunk.</param>
    /// <param name="length">The bytes it had.</param>
    /// <param name="elementSize">The bytes of an element.</param>
    /// <exception cref="InvalidDataException">It is corrupt.</exception>
    public byte[] Undo(byte[] stored, long skipped, int length, int elementSize)
    {
        byte[] chunk = stored;
        for (int index = kinds.Count - 1; index >= 0; index--)
        {
            if ((skipped & (1L << index)) == 0)
            {
                chunk = kinds[index] == Deflate ? Inflate(chunk, length) : Unshuffle(chunk, elementSize);
            }
        }

        return chunk.Length == length ? chunk : throw new InvalidDataException($"{chunk.Length} bytes instead of {length}");
    }

    private void Add(Hdf5Cursor body, int version)
    {
        int kind = body.Short();
        bool named = version == 1 || kind >= 256;
        int nameLength = named ? body.Short() : 0;
        body.Skip(2);
        int values = body.Short();
        body.Skip(nameLength + (4L * values) + (version == 1 ? ((8 - (nameLength % 8)) % 8) + (4 * (values % 2)) : 0));
        kinds.Add(kind is Deflate or Shuffle ? kind : throw body.Error($"expected no filter but shuffling and deflating, got number {kind}"));
    }

    private static byte[] Inflate(byte[] packed, int length)
    {
        using ZLibStream stream = new(new MemoryStream(packed), CompressionMode.Decompress);
        byte[] bytes = new byte[length];
        int count = stream.ReadAtLeast(bytes, length, throwOnEndOfStream: false);
        return count == length && stream.ReadByte() < 0 ? bytes : throw new InvalidDataException($"other than the {length} bytes that were packed");
    }

    // The first bytes of all elements stood first, then the second ones, and so on; what is left at the end was not moved.
    private static byte[] Unshuffle(byte[] shuffled, int size)
    {
        int count = shuffled.Length / size;
        byte[] bytes = [.. shuffled];
        for (int index = 0; index < count; index++)
        {
            for (int place = 0; place < size; place++)
            {
                bytes[(index * size) + place] = shuffled[(place * count) + index];
            }
        }

        return bytes;
    }
}
