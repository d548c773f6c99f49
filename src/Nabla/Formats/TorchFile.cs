using System.IO.Compression;
using Nabla.Formats.PyTorch;

namespace Nabla.Formats;

/// <summary>
/// Reads the tensors of PyTorch's state dictionaries (<c>.pt</c>, <c>.pth</c>, <c>.bin</c>): the zip files of today and the streams of pickled objects
/// before them. No code in a file is ever run: an interpreter of its own makes tensors and calls nothing, and refuses every name that a state dictionary
/// does not need.
/// </summary>
/// <example>
/// <code>
/// IReadOnlyDictionary&lt;string, Tensor&gt; weights = TorchFile.Read("model.pt");
/// </code>
/// </example>
public static class TorchFile
{
    private const string PickleEntry = "data.pkl";
    private const long LargestRatio = 100;
    private const string MagicNumber = "6CFC9C46F9206AA85019";
    private const long StreamVersion = 1001;
    private const int MostStorages = 1_000_000;

    private static ReadOnlySpan<byte> ZipBegin => "PK"u8;

    /// <summary>Reads all tensors by name, in the order of the file; dictionaries within dictionaries have dotted names.</summary>
    /// <param name="path">The file. float16 and bfloat16 become float32, int8 and int16 become int32.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidFileException">It is no state dictionary; the message names the byte, and what was refused.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileInput input = FileInput.Open(path);
        byte[] begin = input.Read(ZipBegin.Length, "a state dictionary");
        return begin.AsSpan().SequenceEqual(ZipBegin) ? ReadZip(path) : ReadStream(path);
    }

    private static OrderedDictionary<string, Tensor> ReadZip(string path)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            ZipArchiveEntry[] pickles = [.. archive.Entries.Where(entry => entry.FullName.EndsWith($"/{PickleEntry}", StringComparison.Ordinal))];
            if (pickles.Length != 1)
            {
                throw new InvalidFileException(path, FilePosition.None, $"expected one entry '{PickleEntry}', got {pickles.Length}");
            }

            string folder = pickles[0].FullName[..^PickleEntry.Length];
            object? root = Read(path, pickles[0], input => new PickleReader(input).Read());
            Dictionary<string, byte[]> storages = [];
            OrderedDictionary<string, Tensor> tensors = [];
            foreach ((string name, TorchView view) in TorchTensors.Views(root, path))
            {
                if (!storages.TryGetValue(view.Storage.Key, out byte[]? bytes))
                {
                    ZipArchiveEntry entry = archive.GetEntry($"{folder}data/{view.Storage.Key}")
                        ?? throw new InvalidFileException(path, FilePosition.None, $"tensor '{name}': expected its storage '{view.Storage.Key}', got none");
                    bytes = storages[view.Storage.Key] = Read(path, entry, input => input.Read(BytesOf(view.Storage, input), "a storage"));
                }

                tensors.Add(name, Tensor(name, view, bytes, path));
            }

            return tensors;
        }
        catch (Exception error) when (error is InvalidDataException or NotSupportedException or OverflowException)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected a zip archive of tensors, got something else ({error.Message})", error);
        }
    }

    private static T Read<T>(string path, ZipArchiveEntry entry, Func<FileInput, T> read)
    {
        if (entry.Length / LargestRatio > Math.Max(1, entry.CompressedLength))
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected '{entry.FullName}' to unpack to at most {LargestRatio} times its size");
        }

        using Crc32Stream content = new(entry.Open());
        using FileInput input = new(content, $"{path}:{entry.FullName}", entry.Length);
        return read(input);
    }

    // A magic number, a version, the machine, the object, the keys of storages, and each storage behind its count.
    private static OrderedDictionary<string, Tensor> ReadStream(string path)
    {
        using FileInput input = FileInput.Open(path);
        if (new PickleReader(input).Read() is not string magic || magic != MagicNumber)
        {
            throw input.Error("expected a state dictionary of PyTorch, got something else");
        }

        if (new PickleReader(input).Read() is not StreamVersion)
        {
            throw input.Error($"expected a stream of version {StreamVersion}");
        }

        _ = new PickleReader(input).Read();
        object? root = new PickleReader(input).Read();
        List<object?> keys = new PickleReader(input).Read() as List<object?> ?? throw input.Error("expected the keys of storages");
        OrderedDictionary<string, TorchView> views = TorchTensors.Views(root, path);
        Dictionary<string, TorchStorage> known = [];
        foreach (TorchView view in views.Values)
        {
            known.TryAdd(view.Storage.Key, view.Storage);
        }

        Dictionary<string, byte[]> storages = [];
        foreach (object? key in keys.Take(MostStorages))
        {
            TorchStorage storage = key is string text && known.TryGetValue(text, out TorchStorage? found)
                ? found
                : throw input.Error($"expected the storage of a tensor, got '{key}'");
            long count = BitConverter.ToInt64(input.Read(sizeof(long), "the count of a storage"));
            storages[storage.Key] = count == storage.Count
                ? input.Read(BytesOf(storage, input), "a storage")
                : throw input.Error($"expected a storage of {storage.Count} elements, got {count}");
        }

        OrderedDictionary<string, Tensor> tensors = [];
        foreach ((string name, TorchView view) in views)
        {
            tensors.Add(name, storages.TryGetValue(view.Storage.Key, out byte[]? bytes)
                ? Tensor(name, view, bytes, path)
                : throw new InvalidFileException(path, FilePosition.None, $"tensor '{name}': expected its storage '{view.Storage.Key}', got none"));
        }

        return tensors;
    }

    private static long BytesOf(TorchStorage storage, FileInput input) => storage.Count <= Array.MaxLength / TorchTensors.Size(storage.Element)
        ? storage.Count * TorchTensors.Size(storage.Element)
        : throw input.Error($"expected a storage of at most {Array.MaxLength} bytes, got {storage.Count} elements");

    private static Tensor Tensor(string name, TorchView view, byte[] bytes, string path) => TorchTensors.Of(name, view, bytes, path);
}
