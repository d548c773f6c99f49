namespace Nabla.Keras.Hdf5;

/// <summary>
/// Opens HDF5 files as libhdf5 writes them unless told otherwise, and as this library does: superblocks 0 to 3, object headers 1 and 2, names in tables
/// or headers, data in one piece, in its header or in packed chunks. What Keras never writes is refused: links to other places and files, data in other
/// files, virtual data sets, filters other than shuffling and deflating (HDF5 File Format Specification 3.0).
/// </summary>
internal static class Hdf5File
{
    private const string Problem = "expected an HDF5 file with addresses of 8 bytes counted from its beginning";

    /// <summary>Whether bytes are how an HDF5 file begins.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes is [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, ..];

    /// <summary>The root group.</summary>
    /// <param name="stream">A file that can seek.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="Formats.InvalidFileException">It is not such a file.</exception>
    public static Hdf5Group Open(Stream stream, string name)
    {
        Hdf5Input input = new(stream, name);
        Hdf5Cursor block = input.Describe(0, Math.Min(96, input.Length), "the beginning of an HDF5 file");
        if (block.Remaining < 48 || !Begins(block.Take(8)))
        {
            throw input.Error(0, "expected an HDF5 file, got something else");
        }

        int version = block.Byte();
        return version switch
        {
            0 or 1 => Hdf5Group.Root(input, RootOfFirst(block, version)),
            2 or 3 => Hdf5Group.Root(input, RootOfSecond(block)),
            _ => throw input.Error(8, $"expected an HDF5 file of version 0 to 3, got {version}"),
        };
    }

    private static long RootOfFirst(Hdf5Cursor block, int version)
    {
        block.Skip(4);
        RequireSizes(block);
        block.Skip(version == 0 ? 9 : 13);
        RequireBase(block);
        block.Skip(32);
        return block.Address();
    }

    private static long RootOfSecond(Hdf5Cursor block)
    {
        RequireSizes(block);
        block.Skip(1);
        RequireBase(block);
        block.Skip(16);
        return block.Address();
    }

    private static void RequireSizes(Hdf5Cursor block)
    {
        (int offsets, int lengths) = (block.Byte(), block.Byte());
        if (offsets != 8 || lengths != 8)
        {
            throw block.Error($"{Problem}, got sizes of {offsets} and {lengths}");
        }
    }

    private static void RequireBase(Hdf5Cursor block)
    {
        long first = block.Address();
        if (first != 0)
        {
            throw block.Error($"{Problem}, got {first}");
        }
    }
}
