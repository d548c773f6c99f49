namespace Nabla.Formats;

/// <summary>
/// Reads and writes NumPy's array files (<c>.npy</c>), format versions 1 to 3. All types of numbers up to 64 bits are read, in both orders of bytes: f2, f4,
/// f8, i1 to i8, u1 to u8, c8 and b1; they become what <see cref="StoredType"/> says. Arrays in Fortran order become row-major. Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
/// </summary>
public static class Npy
{
    private const string What = "the array";

    /// <summary>Reads an array.</summary>
    /// <exception cref="InvalidFileException">The file is not such an array, or corrupt.</exception>
    public static Tensor Read(string path)
    {
        using FileInput input = FileInput.Open(path);
        return Read(input);
    }

    /// <summary>What an array is, under the name of its file; its elements are not read.</summary>
    /// <exception cref="InvalidFileException">The file is not such an array, or has more or less than its elements.</exception>
    public static StoredTensor Describe(string path)
    {
        using FileInput input = FileInput.Open(path);
        StoredTensor array = Describe(input, Path.GetFileNameWithoutExtension(path));
        long bytes = new StoredTensorType(array.Type, array.Shape).ByteCount;
        input.Require(bytes, What);
        return input.Remaining == bytes ? array : throw input.ErrorAt(input.Position + bytes, $"expected the file to end after {What}, got more");
    }

    /// <summary>Reads an array from a stream.</summary>
    /// <param name="stream">Positioned at the first byte.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <param name="length">The bytes it has at most.</param>
    /// <exception cref="InvalidFileException">The content is not such an array, or corrupt.</exception>
    public static Tensor Read(Stream stream, string name, long length) => Read(new FileInput(stream, name, length));

    /// <summary>Writes a tensor; the file is replaced as a whole or not at all.</summary>
    public static void Write(string path, Tensor tensor) => AtomicFile.Write(path, stream => Write(stream, tensor));

    /// <summary>Writes a tensor to a stream.</summary>
    public static void Write(Stream stream, Tensor tensor)
    {
        stream.Write(NpyHeader.Format(tensor));
        stream.Write(tensor.AsBytes());
    }

    /// <summary>What an array is, by its header alone.</summary>
    internal static StoredTensor Describe(FileInput input, string name)
    {
        StoredTensorType type = NpyHeader.Parse(input).Type;
        return new StoredTensor(name, type.Element, type.Shape);
    }

    internal static Tensor Read(FileInput input)
    {
        NpyHeader header = NpyHeader.Parse(input);
        Tensor tensor = header.FortranOrder ? ReadFortran(input, header) : ElementReader.Read(input, header.Type, What, header.BigEndian);
        input.ExpectEnd(What);
        return tensor;
    }

    // The first axis runs fastest in the file: the file holds the transposed array. The two parts of a complex number stay together.
    private static Tensor ReadFortran(FileInput input, NpyHeader header)
    {
        StoredTensorType type = header.Type;
        Shape reversed = type.Shape.Reverse().ToArray();
        Tensor stored = ElementReader.Read(input, type with { Shape = reversed }, What, header.BigEndian);
        int size = (int)(type.InMemory.ByteCount / Math.Max(1, type.Shape.ElementCount));
        return Tensor.Create(type.InMemory, bytes => Transpose(stored.AsBytes(), bytes, type.Shape, size));
    }

    private static void Transpose(ReadOnlySpan<byte> source, Span<byte> target, Shape shape, int size)
    {
        int rank = shape.Rank;
        int[] index = new int[rank];
        for (int element = 0; element < shape.ElementCount; element++)
        {
            long from = 0;
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                from = (from * shape[axis]) + index[axis];
            }

            source.Slice((int)from * size, size).CopyTo(target[(element * size)..]);
            Advance(index, shape);
        }
    }

    private static void Advance(int[] index, Shape shape)
    {
        for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
        {
            index[axis] = 0;
        }
    }
}
