using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Nabla.Formats;

namespace Nabla.Data;

/// <summary>
/// Reads IDX files, plain or gzipped: two zero bytes, a type, the number of dimensions, each dimension as a big-endian 32-bit number,
/// then the elements, row after row. Source: http://yann.lecun.com/exdb/mnist.
/// </summary>
/// <example><code>Tensor images = IdxReader.Read("train-images-idx3-ubyte.gz");   // uint8[60000, 28, 28]</code></example>
public static class IdxReader
{
    private const int DimensionLimit = 8;

    // Deflate packs at most 1032 bytes into one.
    private const long LargestRatio = 1032;

    /// <summary>The types of IDX: how large an element is in the file, and the type of the tensor.</summary>
    private static readonly Dictionary<byte, (int Size, DataType Type)> Types = new()
    {
        [0x08] = (1, DataType.UInt8),
        [0x09] = (1, DataType.Int32),
        [0x0B] = (2, DataType.Int32),
        [0x0C] = (4, DataType.Int32),
        [0x0D] = (4, DataType.Float32),
        [0x0E] = (8, DataType.Float64),
    };

    /// <summary>Reads a file. Unsigned bytes stay <see cref="DataType.UInt8"/>; signed bytes and 16-bit numbers become <see cref="DataType.Int32"/>.</summary>
    /// <param name="path">The file, plain or gzipped whatever its name.</param>
    /// <exception cref="InvalidFileException">The file is truncated, corrupt or no IDX file; the message names the byte of the unpacked content.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static Tensor Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        bool packed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return packed ? ReadPacked(path, file) : Read(new FileInput(file, path, file.Length));
    }

    private static Tensor ReadPacked(string path, FileStream file)
    {
        using FileInput input = new(new GZipStream(file, CompressionMode.Decompress, leaveOpen: true), path, file.Length * LargestRatio);
        Tensor tensor = Read(input);

        // The unpacker checks a checksum when it is there, but does not miss it when the last bytes are cut off.
        Span<byte> end = stackalloc byte[sizeof(uint)];
        file.Seek(-end.Length, SeekOrigin.End);
        file.ReadExactly(end);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(end);
        return length == (uint)input.Position
            ? tensor
            : throw input.Error($"expected a gzip file that ends with its unpacked length {input.Position}, got {length}: its last bytes are missing or changed");
    }

    private static Tensor Read(FileInput input)
    {
        (int size, DataType type) = ReadType(input, out int rank);
        long[] dimensions = new long[rank];
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        for (int axis = 0; axis < rank; axis++)
        {
            input.Read(bytes, $"the size of dimension {axis}");
            dimensions[axis] = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        }

        TensorType target = TensorInput.TypeOf(input, type, dimensions, "elements", sizeof(uint));
        Tensor tensor = ReadElements(input, size, target);
        input.ExpectEnd($"{TensorInput.Show(dimensions)} elements");
        return tensor;
    }

    private static (int Size, DataType Type) ReadType(FileInput input, out int rank)
    {
        Span<byte> magic = stackalloc byte[4];
        input.Read(magic, "the magic of an IDX file");
        if (magic[0] != 0 || magic[1] != 0 || !Types.TryGetValue(magic[2], out (int Size, DataType Type) type))
        {
            throw input.ErrorAt(0, $"expected an IDX file that starts with 00 00 and a type out of 08 09 0B 0C 0D 0E, got {Convert.ToHexString(magic)}");
        }

        rank = magic[3];
        return rank <= DimensionLimit
            ? type
            : throw input.ErrorAt(3, $"expected at most {DimensionLimit} dimensions, got {rank}");
    }

    private static Tensor ReadElements(FileInput input, int size, TensorType target)
    {
        const string What = "the elements";
        input.Require((long)target.Shape.ElementCount * size, What);
        if (size < target.DataType.Size)
        {
            byte[] small = input.Read(target.Shape.ElementCount * size, What);
            return Tensor.Create(target, bytes => Widen(small, size, MemoryMarshal.Cast<byte, int>(bytes)));
        }

        return Tensor.Create(target, bytes =>
        {
            input.Read(bytes, What);
            TensorInput.ReverseEndianness(bytes, size);
        });
    }

    private static void Widen(byte[] small, int size, Span<int> target)
    {
        for (int index = 0; index < target.Length; index++)
        {
            target[index] = size == 1 ? (sbyte)small[index] : BinaryPrimitives.ReadInt16BigEndian(small.AsSpan(index * size));
        }
    }
}
