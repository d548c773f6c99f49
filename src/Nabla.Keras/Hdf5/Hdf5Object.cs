using System.Buffers.Binary;

namespace Nabla.Keras.Hdf5;

/// <summary>A message of an object header: one thing that is said about a group or data set.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Shared">Whether it stands elsewhere.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record Hdf5Message(Hdf5MessageKind Kind, bool Shared, Hdf5Cursor Content)
{
    /// <summary>The content from its beginning.</summary>
    public Hdf5Cursor Body => Content.Again();
}

/// <summary>The messages that this reader knows (HDF5 File Format Specification 3.0, section IV.A.2).</summary>
internal enum Hdf5MessageKind
{
    Dataspace = 1,
    LinkInfo = 2,
    Datatype = 3,
    FillValue = 5,
    Link = 6,
    ExternalFiles = 7,
    Layout = 8,
    GroupInfo = 10,
    Filters = 11,
    Attribute = 12,
    Continuation = 16,
    SymbolTable = 17,
    AttributeInfo = 21,
}

/// <summary>The header of a group or data set, of version 1 or 2 (HDF5 File Format Specification 3.0, section IV.A.1).</summary>
internal sealed class Hdf5Object
{
    private const int LargestBlocks = 1_000;
    private const int SharedFlag = 2;

    private readonly Hdf5Input input;
    private readonly List<Hdf5Message> messages = [];
    private readonly Queue<(long Offset, long Length)> blocks = [];

    private Hdf5Object(Hdf5Input input, long address) => (this.input, Address) = (input, address);

    /// <summary>Where the header is.</summary>
    public long Address { get; }

    /// <summary>The file.</summary>
    public Hdf5Input Input => input;

    public static Hdf5Object Read(Hdf5Input input, long address)
    {
        Hdf5Object header = new(input, address);
        bool second = input.Describe(address, 4, "an object header").All.SequenceEqual("OHDR"u8);
        if (second)
        {
            header.ReadSecond();
        }
        else
        {
            header.ReadFirst();
        }

        return header;
    }

    /// <summary>The messages of a kind.</summary>
    public IEnumerable<Hdf5Message> All(Hdf5MessageKind kind) => messages.Where(message => message.Kind == kind);

    /// <summary>The message of a kind; null when there is none.</summary>
    public Hdf5Cursor? Find(Hdf5MessageKind kind)
    {
        Hdf5Message? message = All(kind).FirstOrDefault();
        return message is { Shared: true } ? throw message.Body.Error($"expected the {kind} of an object in its header, got a reference to another") : message?.Body;
    }

    private void ReadFirst()
    {
        Hdf5Cursor prefix = input.Describe(Address, 16, "an object header");
        int version = prefix.Byte();
        if (version != 1)
        {
            throw input.Error(Address, $"expected an object header of version 1 or 2, got {version}");
        }

        prefix.Skip(7);
        blocks.Enqueue((Address + 16, prefix.Int()));
        foreach (Hdf5Cursor block in Blocks())
        {
            while (block.Remaining >= 8)
            {
                (int kind, int size, int flags) = (block.Short(), block.Short(), block.Byte());
                block.Skip(3);
                Add(kind, flags, block.Part(size));
                block.Align(8);
            }
        }
    }

    private void ReadSecond()
    {
        Hdf5Cursor prefix = input.Describe(Address, Math.Min(64, input.Length - Address), "an object header");
        prefix.Skip(4);
        (int version, int flags) = (prefix.Byte(), prefix.Byte());
        if (version != 2)
        {
            throw input.Error(Address, $"expected an object header of version 2, got {version}");
        }

        prefix.Skip(((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0));
        long size = prefix.Number(1 << (flags & 3));
        long start = prefix.Offset - Address;
        input.Require(Address, size, "an object header");
        Hdf5Cursor first = input.Describe(Address, start + size + 4, "an object header");
        RequireChecksum(first);
        first.Skip(start);
        ReadMessages(first.Part(size), flags);
        foreach (Hdf5Cursor block in Blocks())
        {
            RequireChecksum(block);
            block.Expect("OCHK");
            ReadMessages(block.Part(block.Remaining - 4), flags);
        }
    }

    private void ReadMessages(Hdf5Cursor block, int headerFlags)
    {
        bool ordered = (headerFlags & 4) != 0;
        while (block.Remaining >= (ordered ? 6 : 4))
        {
            (int kind, int size, int flags) = (block.Byte(), block.Short(), block.Byte());
            block.Skip(ordered ? 2 : 0);
            Add(kind, flags, block.Part(size));
        }
    }

    private void Add(int kind, int flags, Hdf5Cursor body)
    {
        if (kind == (int)Hdf5MessageKind.Continuation)
        {
            blocks.Enqueue((body.Address(), body.Length("length of a header's continuation")));
        }
        else
        {
            messages.Add(new Hdf5Message((Hdf5MessageKind)kind, (flags & SharedFlag) != 0, body));
        }
    }

    // Blocks that are continued by others come in as they are read.
    private IEnumerable<Hdf5Cursor> Blocks()
    {
        for (int count = 0; blocks.TryDequeue(out (long Offset, long Length) block); count++)
        {
            yield return count < LargestBlocks
                ? input.Describe(block.Offset, block.Length, "the messages of an object header")
                : throw input.Error(Address, $"expected an object header of at most {LargestBlocks} blocks, got more");
        }
    }

    private static void RequireChecksum(Hdf5Cursor block)
    {
        ReadOnlySpan<byte> bytes = block.All;
        if (bytes.Length < 8 || Lookup3.Hash(bytes[..^4]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]))
        {
            throw block.Error("expected the checksum of an object header, got another one");
        }
    }
}
