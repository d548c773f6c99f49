using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Nabla.Formats;

namespace Nabla.Keras.Hdf5;

/// <summary>A data set of floating-point numbers (HDF5 File Format Specification 3.0, section IV.A.2.i).</summary>
internal sealed class Hdf5Dataset
{
    private readonly Hdf5Object header;
    private readonly Hdf5Type type;

    public Hdf5Dataset(Hdf5Object header, string path)
    {
        (this.header, Path) = (header, path);
        type = Hdf5Type.Read(Required(Hdf5MessageKind.Datatype));
        Shape = Hdf5Space.Read(Required(Hdf5MessageKind.Dataspace));
    }

    /// <summary>The names from the root, each behind a slash.</summary>
    public string Path { get; }

    /// <summary>The sizes along its axes.</summary>
    public Shape Shape { get; }

    /// <summary>Whether it holds floating-point numbers.</summary>
    public bool IsFloating => type.Elements == Hdf5Elements.Float;

    /// <summary>What it is, without its numbers.</summary>
    public StoredTensor Description => new(Path[1..], type.Size switch { 2 => StoredType.Float16, 4 => StoredType.Float32, _ => StoredType.Float64 }, Shape);

    private long Bytes => Shape.ElementCount * type.Size;

    /// <summary>The numbers as float32: halves are widened, doubles rounded to the nearest.</summary>
    /// <exception cref="InvalidFileException">It holds no floating-point numbers, or not in a way that this reader reads.</exception>
    public Tensor Read()
    {
        if (type.Elements != Hdf5Elements.Float)
        {
            throw Error($"expected little-endian float16, float32 or float64, got {type.Label}");
        }

        if (header.Find(Hdf5MessageKind.ExternalFiles) is not null)
        {
            throw Error("expected data in the file itself, got data in other files, which are not read");
        }

        return Layout() is { } place ? AtOnce(place) : Converted(Gathered());
    }

    /// <summary>An error about this data set.</summary>
    public InvalidFileException Error(string problem) => header.Input.Error(header.Address, $"{problem} as '{Path}'");

    private Hdf5Cursor Required(Hdf5MessageKind kind) => header.Find(kind) ?? throw Error($"expected the {kind} of a data set, got none");

    // Where the data lies in one piece; null when it does not.
    private long? Layout()
    {
        Hdf5Cursor layout = Required(Hdf5MessageKind.Layout);
        (int version, int kind) = (layout.Byte(), layout.Byte());
        if (version is not (3 or 4) || kind > 2 || (version == 4 && kind == 2))
        {
            string got = kind == 3 ? "a virtual one" : $"version {version}, kind {kind}";
            throw Error($"expected a layout of version 3 or 4 in its header, in one piece or in chunks of version 3, got {got}");
        }

        if (kind == 2)
        {
            return null;
        }

        long place = kind == 0 ? layout.Offset + 2 : layout.Address();
        long size = kind == 0 ? layout.Short() : layout.Length("length of a data set");
        if (kind == 0)
        {
            layout.Skip(size);
        }

        return size >= Bytes && (place != Hdf5Cursor.Nowhere || Bytes == 0)
            ? Math.Max(place, 0)
            : throw Error($"expected {Bytes} bytes of data, got {(place == Hdf5Cursor.Nowhere ? "none" : size)}");
    }

    private Tensor AtOnce(long place)
    {
        header.Input.Require(place, Bytes, $"'{Path}'");
        return type.Size == 4
            ? Tensor.Create(new TensorType(DataType.Float32, Shape), bytes => header.Input.Fill(place, bytes, $"'{Path}'"))
            : Converted(header.Input.Read(place, Bytes, $"'{Path}'"));
    }

    private byte[] Gathered()
    {
        Hdf5Cursor layout = Required(Hdf5MessageKind.Layout);
        layout.Skip(2);
        Hdf5Filters filters = Hdf5Filters.Read(header.Find(Hdf5MessageKind.Filters));
        return new Hdf5Chunks(header.Input, Path, Shape, (int)type.Size, layout, filters).Gather();
    }

    private Tensor Converted(byte[] bytes) => Tensor.Create(new TensorType(DataType.Float32, Shape), target =>
    {
        Span<float> numbers = MemoryMarshal.Cast<byte, float>(target);
        for (int index = 0; index < numbers.Length; index++)
        {
            ReadOnlySpan<byte> element = bytes.AsSpan(index * (int)type.Size);
            numbers[index] = type.Size switch
            {
                2 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                4 => BinaryPrimitives.ReadSingleLittleEndian(element),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
            };
        }
    });
}
