using System.IO.MemoryMappedFiles;

namespace Nabla.Formats;

/// <summary>
/// A safetensors file that is mapped into memory: the header is read and checked as a whole, and the elements of a tensor when they are asked for, so that
/// a file larger than the memory can be used one tensor at a time.
/// </summary>
/// <remarks>The file must stay as it is while it is open: a length that changed is noticed before each tensor is read, other changes are not.</remarks>
/// <example>
/// <code>
/// using MappedSafetensors weights = MappedSafetensors.Open("model.safetensors");
/// Tensor kernel = weights.Read("dense.kernel");
/// </code>
/// </example>
public sealed class MappedSafetensors : IDisposable
{
    private readonly OrderedDictionary<string, SafetensorsEntry> entries;
    private readonly MemoryMappedFile file;
    private readonly FileStream stream;
    private readonly long start;
    private readonly long length;

    private MappedSafetensors(string path, FileStream stream)
    {
        Path = path;
        this.stream = stream;
        length = stream.Length;
        FileInput input = new(stream, path, length);
        SafetensorsHeader header = Safetensors.ReadHeader(input);
        start = input.Position;
        RequireLength(header.InFileOrder(input).LastOrDefault()?.End ?? 0);
        entries = new(header.Entries.Select(entry => KeyValuePair.Create(entry.Name, entry)));
        Metadata = header.Metadata;
        file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
    }

    /// <summary>The file as the user named it.</summary>
    public string Path { get; }

    /// <summary>The names in the order of the header.</summary>
    public IReadOnlyList<string> Names => [.. entries.Keys];

    /// <summary>What the file holds, in the order of the header.</summary>
    public IReadOnlyList<StoredTensor> Tensors => [.. entries.Values.Select(entry => new StoredTensor(entry.Name, entry.Type.Element, entry.Type.Shape))];

    /// <summary>The free text of the file; empty when it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidFileException">The file breaks a rule of the format; the message names the tensor and the byte.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static MappedSafetensors Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return new MappedSafetensors(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is a tensor of a name.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>The type and the shape that a tensor is read with.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name; the message lists the names that exist.</exception>
    public TensorType TypeOf(string name) => Find(name).Type.InMemory;

    /// <summary>What the elements of a tensor are stored as.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name; the message lists the names that exist.</exception>
    public StoredType StoredTypeOf(string name) => Find(name).Type.Element;

    /// <summary>Reads a tensor.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name; the message lists the names that exist.</exception>
    /// <exception cref="InvalidFileException">The file has another length than when it was opened, or a value that its type does not have.</exception>
    public Tensor Read(string name)
    {
        SafetensorsEntry entry = Find(name);
        if (stream.Length != length)
        {
            throw Error(stream.Length, $"expected the file to keep its {length} bytes while it is open, got {stream.Length}");
        }

        // An empty view would be one of the rest of the file.
        using Stream view = entry.Type.ByteCount == 0
            ? Stream.Null
            : file.CreateViewStream(start + entry.Begin, entry.Type.ByteCount, MemoryMappedFileAccess.Read);
        using FileInput input = new(view, Path, start + entry.End, start + entry.Begin);
        return ElementReader.Read(input, entry.Type, $"tensor '{name}'");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        file.Dispose();
        stream.Dispose();
    }

    private void RequireLength(long end)
    {
        if (start + end != length)
        {
            throw Error(start + end, "expected the file to end after the last tensor, got more");
        }
    }

    private SafetensorsEntry Find(string name) => entries.TryGetValue(name, out SafetensorsEntry? entry)
        ? entry
        : throw new KeyNotFoundException($"{Path} has no tensor '{name}'; it has {Formats.Names.List(entries.Keys)}.");

    private InvalidFileException Error(long position, string problem) => new(Path, FilePosition.Byte(position), problem);
}
