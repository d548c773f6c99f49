using System.Buffers.Binary;
using System.Text;

namespace Nabla.Keras.Hdf5;

/// <summary>The texts among the attributes of a group or data set (HDF5 File Format Specification 3.0, sections IV.A.2.m and III.E).</summary>
internal sealed class Hdf5Attributes(Hdf5Object header)
{
    private const int LongTextSize = 16;

    private readonly Dictionary<long, Dictionary<int, byte[]>> heaps = [];

    /// <summary>The texts of an attribute, one for a single text; null when there is no such attribute.</summary>
    public string[]? Texts(string name)
    {
        foreach (Hdf5Message message in header.All(Hdf5MessageKind.Attribute))
        {
            if (Read(message.Body, name) is { } texts)
            {
                return texts;
            }
        }

        if (header.Find(Hdf5MessageKind.AttributeInfo) is { } info)
        {
            RequireNoHeap(info);
        }

        return null;
    }

    /// <summary>The only text of an attribute; null when there is no such attribute.</summary>
    public string? Text(string name) => Texts(name) switch
    {
        null => null,
        [string only] => only,
        { } several => throw header.Input.Error(header.Address, $"expected one text as attribute '{name}', got {several.Length}"),
    };

    private string[]? Read(Hdf5Cursor body, string wanted)
    {
        (int version, int flags) = (body.Byte(), body.Byte());
        if (version is < 1 or > 3)
        {
            throw body.Error($"expected an attribute of version 1 to 3, got {version}");
        }

        (int nameSize, int typeSize, int spaceSize) = (body.Short(), body.Short(), body.Short());
        body.Skip(version == 3 ? 1 : 0);
        string name = Encoding.UTF8.GetString(Padded(body, nameSize, version).TrimEnd((byte)0));
        if (name != wanted)
        {
            return null;
        }

        if (version > 1 && flags != 0)
        {
            throw body.Error($"expected the type of attribute '{name}' in it, got a reference to another");
        }

        Hdf5Type type = Hdf5Type.Read(Block(body, typeSize, version));
        Shape space = Hdf5Space.Read(Block(body, spaceSize, version));
        if (space.ElementCount == 0)
        {
            // An empty list has the type that numpy gives it.
            return [];
        }

        return type.Elements is Hdf5Elements.Text or Hdf5Elements.LongText && type.Size * space.ElementCount <= body.Remaining
            ? [.. Enumerable.Range(0, space.ElementCount).Select(_ => Text(body, type))]
            : throw body.Error($"expected texts as attribute '{name}', got {space} of {type.Label}");
    }

    // The first version pads each part to eight bytes.
    private static ReadOnlySpan<byte> Padded(Hdf5Cursor body, int size, int version)
    {
        ReadOnlySpan<byte> taken = body.Take(size);
        body.Skip(version == 1 ? (8 - (size % 8)) % 8 : 0);
        return taken;
    }

    private static Hdf5Cursor Block(Hdf5Cursor body, int size, int version)
    {
        Hdf5Cursor part = body.Part(size);
        body.Skip(version == 1 ? (8 - (size % 8)) % 8 : 0);
        return part;
    }

    private string Text(Hdf5Cursor body, Hdf5Type type)
    {
        if (type.Elements == Hdf5Elements.Text)
        {
            ReadOnlySpan<byte> bytes = body.Take(type.Size);
            int end = bytes.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        }

        ReadOnlySpan<byte> reference = body.Take(LongTextSize);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(reference);
        long heap = BinaryPrimitives.ReadInt64LittleEndian(reference[4..]);
        int index = BinaryPrimitives.ReadInt32LittleEndian(reference[12..]);
        if (length == 0)
        {
            return string.Empty;
        }

        byte[]? bytesOf = HeapAt(heap).GetValueOrDefault(index);
        return bytesOf is not null && length <= bytesOf.Length
            ? Encoding.UTF8.GetString(bytesOf.AsSpan(0, (int)length))
            : throw body.Error($"expected {length} bytes as number {index} of the heap at byte {heap}, got {bytesOf?.Length.ToString() ?? "none"}");
    }

    private Dictionary<int, byte[]> HeapAt(long address)
    {
        if (heaps.TryGetValue(address, out Dictionary<int, byte[]>? known))
        {
            return known;
        }

        Hdf5Cursor head = header.Input.Describe(address, 16, "a global heap");
        head.Expect("GCOL");
        head.Skip(4);
        Hdf5Cursor heap = header.Input.Describe(address, head.Length("length of a global heap"), "a global heap");
        heap.Skip(16);
        Dictionary<int, byte[]> objects = [];
        while (heap.Remaining >= 16 && heap.Short() is > 0 and var index)
        {
            heap.Skip(6);
            long size = heap.Length("length of a heap's object");
            objects[index] = heap.Take(size).ToArray();
            heap.Align(8);
        }

        return heaps[address] = objects;
    }

    private void RequireNoHeap(Hdf5Cursor info)
    {
        info.Skip(1);
        int flags = info.Byte();
        info.Skip((flags & 1) != 0 ? 2 : 0);
        if (info.Address() != Hdf5Cursor.Nowhere)
        {
            throw header.Input.Error(header.Address, "expected attributes in the header of an object, got a heap of them, which this reader does not read");
        }
    }
}
