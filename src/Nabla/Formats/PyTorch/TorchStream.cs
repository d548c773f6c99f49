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
        if (new PickleReader(input).Read() is not string magic || magic != MagicNumber)
        {
            throw input.Error("expected a state dictionary of PyTorch, got something else");
        }

        if (new PickleReader(input).Read() is not Version)
        {
            throw input.Error($"expected a stream of version {Version}");
        }

        _ = new PickleReader(input).Read();
        object? root = new PickleReader(input).Read();
        long place = input.Position;
        List<object?> keys = new PickleReader(input).Read() as List<object?> ?? throw input.ErrorAt(place, "expected the keys of storages");
        Dictionary<string, byte[]> storages = ReadStorages(input, TorchTensors.StoragesOf(root, path), keys);
        return TorchTensors.Of(root, path, (storage, tensor) => storages.TryGetValue(storage.Key, out byte[]? bytes)
            ? bytes
            : throw new InvalidFileException(path, FilePosition.None, $"tensor '{tensor}': expected its storage '{storage.Key}', got none"));
    }

    private static Dictionary<string, byte[]> ReadStorages(FileInput input, Dictionary<string, TorchStorage> known, List<object?> keys)
    {
        Dictionary<string, byte[]> storages = [];
        foreach (object? key in keys)
        {
            TorchStorage storage = key is string text && known.TryGetValue(text, out TorchStorage? found)
                ? found
                : throw input.Error("expected the storage of a tensor, got one that no tensor has");
            long place = input.Position;
            long count = BinaryPrimitives.ReadInt64LittleEndian(input.Read(sizeof(long), "the count of a storage"));
            if (count != storage.Count || !storages.TryAdd(storage.Key, storage.Read(input)))
            {
                throw input.ErrorAt(place, $"expected storage '{storage.Key}' once, of {storage.Count} elements, got {(count == storage.Count ? "it twice" : $"{count}")}");
            }
        }

        input.ExpectEnd("the last storage");
        return storages;
    }
}
