using System.Buffers.Binary;
using System.Text;

namespace Nabla.Keras.Hdf5;

/// <summary>
/// Writes groups and float32 data sets as an HDF5 file of superblock 2: headers of version 2 with their names in them, then the data in one piece each
/// (HDF5 File Format Specification 3.0). All places are known before the first byte is written, so the stream need not seek.
/// </summary>
internal sealed class Hdf5Writer
{
    private const int SuperblockSize = 48;
    private const byte SizeOfFourBytes = 2;
    private const ulong Undefined = ulong.MaxValue;

    private readonly Group root = new();

    /// <summary>Adds a group and those that it is in.</summary>
    /// <param name="path">The names from the root, with slashes between; empty for the root.</param>
    public void AddGroup(string path) => Find(path.Split('/', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Adds a data set and the groups that it is in.</summary>
    public void AddDataset(string path, Tensor value)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        Find(parts[..^1]).Children.Add(parts[^1], new Data(value));
    }

    /// <summary>Writes the file.</summary>
    public void Write(Stream stream)
    {
        List<Part> parts = [.. Headers(root)];
        long place = SuperblockSize;
        foreach (Part part in parts)
        {
            part.Address = place;
            place += part.HeaderSize;
        }

        foreach (Data data in parts.OfType<Data>())
        {
            data.Place = place;
            place += data.Value.AsBytes().Length;
        }

        stream.Write(Superblock(place));
        foreach (Part part in parts)
        {
            stream.Write(Header(part));
        }

        foreach (Data data in parts.OfType<Data>())
        {
            stream.Write(data.Value.AsBytes());
        }
    }

    private static IEnumerable<Part> Headers(Part part) => part is Group group ? group.Children.Values.SelectMany(Headers).Prepend(part) : [part];

    private Group Find(string[] names)
    {
        Group group = root;
        foreach (string name in names)
        {
            if (!group.Children.TryGetValue(name, out Part? child))
            {
                group.Children[name] = child = new Group();
            }

            group = (Group)child;
        }

        return group;
    }

    private byte[] Superblock(long end)
    {
        Bytes bytes = new();
        bytes.Raw([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 2, 8, 8, 0]);
        bytes.Long(0);
        bytes.Long(Undefined);
        bytes.Long((ulong)end);
        bytes.Long((ulong)root.Address);
        return bytes.WithChecksum();
    }

    private static byte[] Header(Part part)
    {
        byte[] messages = part.Messages();
        Bytes bytes = new();
        bytes.Raw("OHDR"u8);
        bytes.Raw([2, SizeOfFourBytes]);
        bytes.Int((uint)messages.Length);
        bytes.Raw(messages);
        return bytes.WithChecksum();
    }

    /// <summary>A group or data set with its header.</summary>
    private abstract class Part
    {
        private const int FrameSize = 4 + 2 + 4 + 4;

        public long Address { get; set; }

        public long HeaderSize => FrameSize + Messages().Length;

        public abstract byte[] Messages();
    }

    private sealed class Group : Part
    {
        public OrderedDictionary<string, Part> Children { get; } = [];

        public override byte[] Messages()
        {
            Bytes messages = new();
            messages.Message(Hdf5MessageKind.LinkInfo, body =>
            {
                body.Raw([0, 0]);
                body.Long(Undefined);
                body.Long(Undefined);
            });
            messages.Message(Hdf5MessageKind.GroupInfo, body => body.Raw([0, 0]));
            foreach ((string name, Part child) in Children)
            {
                byte[] letters = Encoding.ASCII.GetBytes(name);
                messages.Message(Hdf5MessageKind.Link, body =>
                {
                    body.Raw([1, 1]);
                    body.Short((ushort)letters.Length);
                    body.Raw(letters);
                    body.Long((ulong)child.Address);
                });
            }

            return messages.ToArray();
        }
    }

    private sealed class Data(Tensor value) : Part
    {
        public Tensor Value => value;

        public long Place { get; set; }

        public override byte[] Messages()
        {
            Bytes messages = new();
            messages.Message(Hdf5MessageKind.Dataspace, body =>
            {
                body.Raw([2, (byte)value.Rank, 0, (byte)(value.Rank == 0 ? 0 : 1)]);
                foreach (int size in value.Shape)
                {
                    body.Long((ulong)size);
                }
            });

            // Little-endian IEEE 754 of four bytes: where sign, exponent and mantissa are, and the exponent's bias.
            messages.Message(Hdf5MessageKind.Datatype, body => body.Raw([0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0]));
            messages.Message(Hdf5MessageKind.FillValue, body => body.Raw([3, 0x0a]));
            messages.Message(Hdf5MessageKind.Layout, body =>
            {
                body.Raw([3, 1]);
                body.Long((ulong)Place);
                body.Long((ulong)value.AsBytes().Length);
            });
            return messages.ToArray();
        }
    }

    private sealed class Bytes
    {
        private readonly MemoryStream stream = new();

        public void Raw(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

        public void Short(ushort value)
        {
            Span<byte> bytes = stackalloc byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
            stream.Write(bytes);
        }

        public void Int(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            stream.Write(bytes);
        }

        public void Long(ulong value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            stream.Write(bytes);
        }

        public void Message(Hdf5MessageKind kind, Action<Bytes> write)
        {
            Bytes body = new();
            write(body);
            byte[] content = body.ToArray();
            stream.WriteByte((byte)kind);
            Short(checked((ushort)content.Length));
            stream.WriteByte(0);
            stream.Write(content);
        }

        public byte[] ToArray() => stream.ToArray();

        public byte[] WithChecksum()
        {
            Int(Lookup3.Hash(stream.ToArray()));
            return stream.ToArray();
        }
    }
}
