using System.Globalization;

namespace Nabla.Formats.PyTorch;

/// <summary>The zip files that PyTorch writes since version 1.6: the pickled object in <c>data.pkl</c>, each storage in an entry of <c>data/</c>.</summary>
internal static class TorchZip
{
    private const string PickleEntry = "data.pkl";
    private const string OrderEntry = "byteorder";
    private const string Folder = "archive/";
    private const string FormatVersion = "3\n";

    public static OrderedDictionary<string, Tensor> Read(string path)
    {
        using ZipInput archive = Open(path);
        string folder = FolderOf(archive, path);
        RequireLittleEndian(archive, folder + OrderEntry);
        object? root = ReadRoot(archive, folder);
        return TorchTensors.Of(root, path, (storage, tensor) =>
        {
            string entry = $"{folder}data/{storage.Key}";
            return archive.Contains(entry)
                ? archive.Read(entry, storage.Read)
                : throw new InvalidFileException(path, FilePosition.None, $"tensor '{tensor}': expected its storage '{storage.Key}', got none");
        });
    }

    /// <summary>What a file holds; no storage is read.</summary>
    public static IReadOnlyList<StoredTensor> List(string path)
    {
        using ZipInput archive = Open(path);
        return TorchTensors.List(ReadRoot(archive, FolderOf(archive, path)), path);
    }

    public static void Write(Stream stream, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, StoredType? floats)
    {
        // A tensor that has two names is stored once.
        Dictionary<Tensor, string> keys = new(ReferenceEqualityComparer.Instance);
        foreach ((_, Tensor tensor) in tensors)
        {
            keys.TryAdd(tensor, string.Create(CultureInfo.InvariantCulture, $"{keys.Count}"));
        }

        StoredTensorType TypeOf(Tensor tensor) => new(ElementWriter.TypeOf(tensor.DataType, floats), tensor.Shape);
        AlignedZipOutput archive = new(stream);
        archive.Add(Folder + PickleEntry, content => new PickleWriter(content).WriteStateDictionary(
            tensors.Select(pair => (pair.Key, TypeOf(pair.Value), keys[pair.Value]))));
        archive.Add(Folder + OrderEntry, content => content.Write("little"u8));
        foreach ((string name, Tensor tensor) in tensors.DistinctBy(pair => keys[pair.Value]))
        {
            archive.Add($"{Folder}data/{keys[tensor]}", content => ElementWriter.Write(content, tensor, TypeOf(tensor).Element, name));
        }

        archive.Add($"{Folder}version", content => content.Write(System.Text.Encoding.ASCII.GetBytes(FormatVersion)));
        archive.Complete();
    }

    private static ZipInput Open(string path) => new(path, "a zip archive of tensors");

    private static string FolderOf(ZipInput archive, string path)
    {
        string[] pickles = [.. archive.Names.Where(name => name.EndsWith($"/{PickleEntry}", StringComparison.Ordinal))];
        return pickles.Length == 1
            ? pickles[0][..^PickleEntry.Length]
            : throw new InvalidFileException(path, FilePosition.None, $"expected one entry '{PickleEntry}', got {pickles.Length}");
    }

    private static object? ReadRoot(ZipInput archive, string folder) => archive.Read(folder + PickleEntry, input => new PickleReader(input).Read());

    private static void RequireLittleEndian(ZipInput archive, string entry)
    {
        if (archive.Contains(entry))
        {
            archive.Read(entry, input =>
            {
                byte[] order = input.Read(Math.Min(input.Remaining, "little".Length), "the order of bytes");
                return order.AsSpan().SequenceEqual("little"u8) ? order : throw input.ErrorAt(0, "expected the byte order 'little', got another");
            });
        }
    }
}
