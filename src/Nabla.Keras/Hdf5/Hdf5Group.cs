using System.Text;

namespace Nabla.Keras.Hdf5;

/// <summary>A group: objects by name. Soft and external links are refused, so nothing outside the file is ever looked at.</summary>
internal sealed class Hdf5Group
{
    private const int DeepestTree = 16;
    private const int DeepestGroup = 32;

    private readonly Hdf5Object header;
    private readonly int depth;
    private readonly OrderedDictionary<string, long> links = [];

    private Hdf5Group(Hdf5Object header, string path, int depth)
    {
        (this.header, Path, this.depth) = (header, path, depth);
        Attributes = new Hdf5Attributes(header);
        if (header.Find(Hdf5MessageKind.SymbolTable) is { } table)
        {
            ReadTable(table);
        }

        foreach (Hdf5Message message in header.All(Hdf5MessageKind.Link))
        {
            ReadLink(message.Body);
        }

        if (header.Find(Hdf5MessageKind.LinkInfo) is { } info)
        {
            RequireNoHeap(info);
        }
    }

    /// <summary>The names from the root, each behind a slash.</summary>
    public string Path { get; }

    /// <summary>The attributes.</summary>
    public Hdf5Attributes Attributes { get; }

    /// <summary>The names of what is in it, in the order of the file.</summary>
    public IReadOnlyList<string> Names => links.Keys;

    public static Hdf5Group Root(Hdf5Input input, long address) => new(Hdf5Object.Read(input, address), string.Empty, depth: 0);

    /// <summary>The group of a name; null when there is nothing of that name, or a data set.</summary>
    public Hdf5Group? Group(string name) =>
        Find(name) is { } found && found.Find(Hdf5MessageKind.Layout) is null ? new Hdf5Group(found, $"{Path}/{name}", Deeper()) : null;

    /// <summary>The group at the end of names.</summary>
    public Hdf5Group? Group(IEnumerable<string> names) => names.Aggregate((Hdf5Group?)this, (group, name) => group?.Group(name));

    /// <summary>The data set of a name; null when there is nothing of that name, or a group.</summary>
    public Hdf5Dataset? Dataset(string name) =>
        Find(name) is { } found && found.Find(Hdf5MessageKind.Layout) is not null ? new Hdf5Dataset(found, $"{Path}/{name}") : null;

    private Hdf5Object? Find(string name) => links.TryGetValue(name, out long address) ? Hdf5Object.Read(header.Input, address) : null;

    private int Deeper() => depth < DeepestGroup
        ? depth + 1
        : throw header.Input.Error(header.Address, $"expected groups at most {DeepestGroup} deep within each other, got more");

    private void Add(string name, long address, Hdf5Cursor place)
    {
        if (name.Length == 0 || address == Hdf5Cursor.Nowhere || !links.TryAdd(name, address))
        {
            throw place.Error($"expected names that differ from each other in group '{Path}/', got '{name}' again or without an object");
        }
    }

    // HDF5 File Format Specification 3.0, sections III.A.1, III.B, III.C and III.D.
    private void ReadTable(Hdf5Cursor table)
    {
        (long tree, long heap) = (table.Address(), table.Address());
        Hdf5Cursor head = header.Input.Describe(heap, 32, "a local heap");
        head.Expect("HEAP");
        head.Skip(4);
        long length = head.Length("length of a local heap");
        head.Skip(8);
        Hdf5Cursor names = header.Input.Describe(head.Address(), length, "the names of a group");
        ReadTree(tree, names, level: null);
    }

    private void ReadTree(long address, Hdf5Cursor names, int? level)
    {
        Hdf5Cursor head = header.Input.Describe(address, 24, "a tree of names");
        head.Expect("TREE");
        (int kind, int own, int entries) = (head.Byte(), head.Byte(), head.Short());
        if (kind != 0 || own > DeepestTree || (level is { } expected && own != expected))
        {
            throw head.Error($"expected a tree of names whose levels count down from at most {DeepestTree}, got kind {kind} at level {own}");
        }

        Hdf5Cursor body = header.Input.Describe(address + 24, (16L * entries) + 8, "a tree of names");
        for (int index = 0; index < entries; index++)
        {
            body.Skip(8);
            long child = body.Address();
            if (own == 0)
            {
                ReadNames(child, names);
            }
            else
            {
                ReadTree(child, names, own - 1);
            }
        }
    }

    private void ReadNames(long address, Hdf5Cursor names)
    {
        Hdf5Cursor head = header.Input.Describe(address, 8, "a table of names");
        head.Expect("SNOD");
        head.Skip(2);
        int count = head.Short();
        Hdf5Cursor body = header.Input.Describe(address + 8, 40L * count, "a table of names");
        for (int index = 0; index < count; index++)
        {
            string name = names.Text(body.Length("place of a name"));
            long target = body.Address();
            if (body.Int() > 1)
            {
                throw body.Error($"expected an object of this file as '{Path}/{name}', got a symbolic link, which is not followed");
            }

            Add(name, target, body);
            body.Skip(20);
        }
    }

    // HDF5 File Format Specification 3.0, section IV.A.2.g.
    private void ReadLink(Hdf5Cursor body)
    {
        (int version, int flags) = (body.Byte(), body.Byte());
        int kind = (flags & 8) != 0 ? body.Byte() : 0;
        body.Skip(((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0 ? 1 : 0));
        string name = Encoding.UTF8.GetString(body.Take(body.Number(1 << (flags & 3))));
        if (version != 1 || kind != 0)
        {
            string got = kind == 1 ? "a symbolic link" : kind == 64 ? "a link to another file" : $"a link of kind {kind}, version {version}";
            throw body.Error($"expected an object of this file as '{Path}/{name}', got {got}, which is not followed");
        }

        Add(name, body.Address(), body);
    }

    private static void RequireNoHeap(Hdf5Cursor info)
    {
        info.Skip(1);
        info.Skip((info.Byte() & 1) != 0 ? 8 : 0);
        if (info.Address() != Hdf5Cursor.Nowhere)
        {
            throw info.Error("expected the names of a group in a table or in its header, got a heap of them, which this reader does not read");
        }
    }
}
