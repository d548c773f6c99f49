using System.Buffers.Binary;

namespace Nabla.Formats.PyTorch;

/// <summary>
/// The files that PyTorch wrote before version 1.6: pickled objects one after another (a magic number, a version, the machine, the dictionary, the keys of
/// storages), then each storage behind its count.
/// </summary>
internal static class TorchStream
{
    private const string MagicNumber = "6CFC9C46F9206AA85019";
    private const long Version = 1001;

    public static OrderedDictionary<string, Tensor> Read(string path)
    {
        using FileInput input = FileInput.Open(path);
        object? root = ReadRoot(input);
        Dictionary<string, byte[]> storages = [];
        EachStorage(input, root, storage => storages.Add(storage.Key, storage.Read(input)));
        return TorchTensors.Of(root, path, (storage, tensor) => storages.TryGetValue(storage.Key, out byte[]? bytes)
            ? bytes
            : throw new InvalidFileException(path, FilePosition.None, $"tensor '{tensor}': expected its storage '{storage.Key}', got none"));
    }

    /// <summary>What a file holds; the numbers are left out.</summary>
    public static IReadOnlyList<StoredTensor> List(string path)
    {
        using FileInput input = FileInput.Open(path);
        object? root = ReadRoot(input);
        EachStorage(input, root, storage => storage.Skip(input));
        return TorchTensors.List(root, path);
    }

    private static object? ReadRoot(FileInput input)
    {
        if (new PickleReader(input).Read() is not string magic || magic != MagicNumber)
        {
            throw input.Error("expected a state dictionary of PyTorch, got something else");
        }

        if (new PickleReader(input).Read() is not Version)
        {
            throw input.Error($"expected a stream of version {Version}");
        }

        _ = new PickleReader(input).Read();
        return new PickleReader(input).Read();
    }

    private static void EachStorage(FileInput input, object? root, Action<TorchStorage> take)
    {
        Dictionary<string, TorchStorage> known = TorchTensors.StoragesOf(root, input.Name);
        long start = input.Position;
        List<object?> keys = new PickleReader(input).Read() as List<object?> ?? throw input.ErrorAt(start, "expected the keys of storages");
        HashSet<string> taken = [];
        foreach (object? key in keys)
        {
            TorchStorage storage = key is string text && known.TryGetValue(text, out TorchStorage? found)
                ? found
                : throw input.Error("expected the storage of a tensor, got one that no tensor has");
            long place = input.Position;
            long count = BinaryPrimitives.ReadInt64LittleEndian(input.Read(sizeof(long), "the count of a storage"));
            if (count != storage.Count || !taken.Add(storage.Key))
            {
                throw input.ErrorAt(place, $"expected storage '{storage.Key}' once, of {storage.Count} elements, got {(count == storage.Count ? "it twice" : $"{count}")}");
            }

            take(storage);
        }

        input.ExpectEnd("the last storage");
    }
}
