using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Nabla.Formats.Gguf;

/// <summary>What a GGUF file says before its elements.</summary>
internal sealed record GgufHeader(
    int Version, int Alignment, OrderedDictionary<string, object> Metadata, OrderedDictionary<string, GgufTensor> Tensors);

/// <summary>Reads the header, the metadata and the list of tensors. What it allocates is bounded by the length of the file.</summary>
internal sealed class GgufHeaderReader(FileInput input)
{
    private const string AlignmentKey = "general.alignment";
    private const int UsualAlignment = 32;
    private const int LargestAlignment = 1 << 20;
    private const int MostEntries = 1_000_000;
    private const int LongestName = 65_535;
    private const int LongestText = 1 << 26;
    private const int Deepest = 4;
    private const int MostDimensions = 8;

    // A length and a kind, or a length, a number of dimensions, a type and an offset: no entry is shorter.
    private const int ShortestEntry = 12;

    private static ReadOnlySpan<byte> Magic => "GGUF"u8;

    private enum Kind : uint
    {
        UInt8,
        Int8,
        UInt16,
        Int16,
        UInt32,
        Int32,
        Float32,
        Bool,
        Text,
        Array,
        UInt64,
        Int64,
        Float64,
    }

    public GgufHeader Read()
    {
        int version = ReadVersion();
        long tensorCount = Count("tensors");
        long entryCount = Count("entries of metadata");
        OrderedDictionary<string, object> metadata = ReadMetadata(entryCount);
        int alignment = AlignmentOf(metadata);
        List<GgufTensor> tensors = ReadTensors(tensorCount);
        long start = (input.Position + alignment - 1) / alignment * alignment;
        return new GgufHeader(version, alignment, metadata, Placed(tensors, start, alignment));
    }

    private int ReadVersion()
    {
        byte[] magic = input.Read(Magic.Length, "the magic of a GGUF file");
        if (!magic.AsSpan().SequenceEqual(Magic))
        {
            throw input.ErrorAt(0, $"expected a GGUF file that starts with {Convert.ToHexString(Magic)}, got {Convert.ToHexString(magic)}");
        }

        long place = input.Position;
        uint version = UInt32("the version");
        return version is 2 or 3
            ? (int)version
            : throw input.ErrorAt(place, version is 0x02000000 or 0x03000000
                ? "expected a little-endian file, got a big-endian one"
                : $"expected version 2 or 3, got {version}");
    }

    private long Count(string what)
    {
        long place = input.Position;
        ulong count = UInt64($"the number of {what}");
        return count <= MostEntries && (long)count * ShortestEntry <= input.Remaining
            ? (long)count
            : throw input.ErrorAt(place, $"expected at most {Math.Min(MostEntries, input.Remaining / ShortestEntry)} {what} in a file of this length, got {count}");
    }

    private OrderedDictionary<string, object> ReadMetadata(long count)
    {
        OrderedDictionary<string, object> metadata = [];
        for (long entry = 0; entry < count; entry++)
        {
            long place = input.Position;
            string name = Text("a name", LongestName);
            object value = Value(KindOf(), name, 0);
            if (!metadata.TryAdd(name, value))
            {
                throw input.ErrorAt(place, $"expected each name once, got '{name}' twice");
            }
        }

        return metadata;
    }

    private int AlignmentOf(OrderedDictionary<string, object> metadata) => metadata.GetValueOrDefault(AlignmentKey) switch
    {
        null => UsualAlignment,
        uint and > 0 and <= LargestAlignment and var alignment when alignment % 8 == 0 => (int)alignment,
        var other => throw input.Error($"expected '{AlignmentKey}' to be a multiple of 8 up to {LargestAlignment}, got {other}"),
    };

    private List<GgufTensor> ReadTensors(long count)
    {
        HashSet<string> names = [];
        List<GgufTensor> tensors = [];
        for (long index = 0; index < count; index++)
        {
            long place = input.Position;
            GgufTensor tensor = ReadTensor(place);
            tensors.Add(names.Add(tensor.Name) ? tensor : throw input.ErrorAt(place, $"expected each tensor once, got '{tensor.Name}' twice"));
        }

        return tensors;
    }

    private GgufTensor ReadTensor(long place)
    {
        string name = Text("the name of a tensor", LongestName);
        uint rank = UInt32("the number of dimensions");
        if (rank > MostDimensions)
        {
            throw input.ErrorAt(place, $"expected tensor '{name}' of at most {MostDimensions} dimensions, got {rank}");
        }

        long[] dimensions = new long[rank];
        for (int axis = dimensions.Length - 1; axis >= 0; axis--)
        {
            dimensions[axis] = (long)Math.Min(UInt64("a dimension"), long.MaxValue);
        }

        uint number = UInt32("the type of a tensor");
        long offset = (long)Math.Min(UInt64("the place of a tensor"), long.MaxValue);
        GgufType? type = GgufType.Of(number);
        Shape shape = TensorInput.TypeOf(input, type?.Element?.InMemory ?? DataType.Float32, dimensions, $"tensor '{name}'", place).Shape;
        return shape.ElementCount % (type?.BlockElements ?? 1) == 0 && (type is null || type.BlockElements == 1 || (shape.Rank > 0 && shape[-1] % type.BlockElements == 0))
            ? new GgufTensor(name, shape, GgufType.NameOf(number), offset, type is null ? 0 : (long)shape.ElementCount / type.BlockElements * type.BlockBytes) { TypeNumber = number }
            : throw input.ErrorAt(place, $"expected rows of tensor '{name}' of a multiple of {type!.BlockElements} elements for {type.Name}, got {shape}");
    }

    // Offsets count from the first aligned byte after the list.
    private OrderedDictionary<string, GgufTensor> Placed(List<GgufTensor> tensors, long start, int alignment)
    {
        OrderedDictionary<string, GgufTensor> placed = [];
        long length = input.Position + input.Remaining;
        long end = 0;
        foreach (GgufTensor tensor in tensors.OrderBy(tensor => tensor.Offset))
        {
            if (tensor.Offset % alignment != 0 || tensor.Offset < end)
            {
                string found = tensor.Offset < end ? "an overlap with the tensor before it" : $"{tensor.Offset}";
                throw input.Error($"expected tensor '{tensor.Name}' at a multiple of {alignment} bytes after the others, got {found}");
            }

            if (tensor.Offset > length - start || tensor.ByteCount > length - start - tensor.Offset)
            {
                throw input.ErrorAt(length, $"expected {tensor.ByteCount} bytes for tensor '{tensor.Name}' from offset {tensor.Offset}, got the end of the file");
            }

            end = tensor.Offset + tensor.ByteCount;
        }

        foreach (GgufTensor tensor in tensors)
        {
            placed.Add(tensor.Name, tensor with { Offset = start + tensor.Offset });
        }

        return placed;
    }

    private Kind KindOf()
    {
        long place = input.Position;
        uint kind = UInt32("the kind of a value");
        return kind <= (uint)Kind.Float64 ? (Kind)kind : throw input.ErrorAt(place, $"expected a kind of value from 0 to {(uint)Kind.Float64}, got {kind}");
    }

    private object Value(Kind kind, string name, int depth) => kind switch
    {
        Kind.UInt8 => Numbers<byte>(1, name)[0],
        Kind.Int8 => Numbers<sbyte>(1, name)[0],
        Kind.UInt16 => Numbers<ushort>(1, name)[0],
        Kind.Int16 => Numbers<short>(1, name)[0],
        Kind.UInt32 => Numbers<uint>(1, name)[0],
        Kind.Int32 => Numbers<int>(1, name)[0],
        Kind.Float32 => Numbers<float>(1, name)[0],
        Kind.Bool => Truths(1, name)[0],
        Kind.Text => Text($"'{name}'", LongestText),
        Kind.UInt64 => Numbers<ulong>(1, name)[0],
        Kind.Int64 => Numbers<long>(1, name)[0],
        Kind.Float64 => Numbers<double>(1, name)[0],
        _ => Values(name, depth + 1),
    };

    private object Values(string name, int depth)
    {
        Kind kind = KindOf();
        long place = input.Position;
        ulong count = UInt64($"the length of '{name}'");
        int shortest = kind switch
        {
            Kind.UInt8 or Kind.Int8 or Kind.Bool => 1,
            Kind.UInt16 or Kind.Int16 => 2,
            Kind.UInt32 or Kind.Int32 or Kind.Float32 => 4,
            Kind.Array => ShortestEntry,
            _ => 8,
        };
        if (depth > Deepest || count > (ulong)(input.Remaining / shortest) || count > (ulong)Array.MaxLength / 8)
        {
            throw input.ErrorAt(place, depth > Deepest ? $"expected arrays at most {Deepest} deep in '{name}'" : $"expected an array that fits into the file as '{name}', got one of {count}");
        }

        int length = (int)count;
        return kind switch
        {
            Kind.UInt8 => Numbers<byte>(length, name),
            Kind.Int8 => Numbers<sbyte>(length, name),
            Kind.UInt16 => Numbers<ushort>(length, name),
            Kind.Int16 => Numbers<short>(length, name),
            Kind.UInt32 => Numbers<uint>(length, name),
            Kind.Int32 => Numbers<int>(length, name),
            Kind.Float32 => Numbers<float>(length, name),
            Kind.Bool => Truths(length, name),
            Kind.Text => Each(length, () => Text($"'{name}'", LongestText)),
            Kind.UInt64 => Numbers<ulong>(length, name),
            Kind.Int64 => Numbers<long>(length, name),
            Kind.Float64 => Numbers<double>(length, name),
            _ => Each(length, () => Values(name, depth + 1)),
        };
    }

    private static T[] Each<T>(int length, Func<T> read)
    {
        T[] values = new T[length];
        for (int index = 0; index < length; index++)
        {
            values[index] = read();
        }

        return values;
    }

    private T[] Numbers<T>(int count, string name)
        where T : unmanaged
    {
        T[] numbers = new T[count];
        input.Read(MemoryMarshal.AsBytes(numbers.AsSpan()), $"'{name}'");
        return numbers;
    }

    private bool[] Truths(int count, string name)
    {
        long place = input.Position;
        byte[] bytes = Numbers<byte>(count, name);
        int wrong = bytes.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)1);
        return wrong < 0 ? Array.ConvertAll(bytes, value => value == 1) : throw input.ErrorAt(place + wrong, $"expected 0 or 1 in '{name}', got {bytes[wrong]}");
    }

    private string Text(string what, int longest)
    {
        long place = input.Position;
        ulong length = UInt64($"the length of {what}");
        if (length > (ulong)longest)
        {
            throw input.ErrorAt(place, $"expected {what} of at most {longest} bytes, got {length}");
        }

        byte[] bytes = input.Read((long)length, what);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw input.ErrorAt(place, $"expected {what} in UTF-8, got something else");
    }

    private uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(input.Read(sizeof(uint), what));

    private ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(input.Read(sizeof(ulong), what));
}
