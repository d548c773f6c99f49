namespace Nabla.Formats.PyTorch;

/// <summary>Makes tensors of storages and of what says how they look at them.</summary>
internal static class TorchTensors
{
    private const int Deepest = 64;
    private const int MostVisits = 100_000;

    // Views may show a storage more than once, as tied weights do, but not so often that a small file fills the memory.
    private const long MostViewsOfAByte = 16;

    /// <summary>All tensors of an object, by dotted name; numbers and texts between them are left out.</summary>
    /// <param name="root">What the pickle holds.</param>
    /// <param name="file">What errors call the file.</param>
    /// <param name="read">The bytes of a storage; the name of the tensor is for the error. It is called once a storage.</param>
    public static OrderedDictionary<string, Tensor> Of(object? root, string file, Func<TorchStorage, string, byte[]> read)
    {
        Dictionary<string, byte[]> storages = [];
        Dictionary<TorchView, Tensor> made = new(ReferenceEqualityComparer.Instance);
        OrderedDictionary<string, Tensor> tensors = [];
        (long stored, long shown) = (0, 0);
        foreach ((string name, TorchView view) in Views(root, file))
        {
            if (!storages.TryGetValue(view.Storage.Key, out byte[]? bytes))
            {
                bytes = storages[view.Storage.Key] = read(view.Storage, name);
                stored += bytes.Length;
            }

            if (!made.TryGetValue(view, out Tensor? tensor))
            {
                StoredTensorType type = TypeOf(name, view, bytes.Length / view.Storage.Element.Size, file);
                shown += type.ByteCount;
                tensor = made[view] = shown <= stored * MostViewsOfAByte
                    ? Gathered(name, view, type, bytes, file)
                    : throw Error(file, name, $"expected tensors that show each byte of their storages {MostViewsOfAByte} times at most, got more");
            }

            tensors.Add(name, tensor);
        }

        return tensors;
    }

    /// <summary>All tensors of an object without their elements; each within what its storage says that it has.</summary>
    public static IReadOnlyList<StoredTensor> List(object? root, string file) => [.. Views(root, file).Select(pair =>
    {
        StoredTensorType type = TypeOf(pair.Key, pair.Value, pair.Value.Storage.Count, file);
        return new StoredTensor(pair.Key, type.Element, type.Shape);
    })];

    /// <summary>The storages of all tensors of an object, by key.</summary>
    public static Dictionary<string, TorchStorage> StoragesOf(object? root, string file)
    {
        Dictionary<string, TorchStorage> storages = [];
        foreach (TorchView view in Views(root, file).Values)
        {
            storages.TryAdd(view.Storage.Key, view.Storage);
        }

        return storages;
    }

    private static OrderedDictionary<string, TorchView> Views(object? root, string file)
    {
        OrderedDictionary<string, TorchView> views = [];
        int visits = 0;
        Collect(root, "", 0);
        return views.Count > 0 ? views : throw Error(file, "expected a state dictionary of tensors, got none");

        void Collect(object? value, string name, int depth)
        {
            // A list may hold another one many times over, and so on.
            if (depth > Deepest || ++visits > MostVisits)
            {
                throw Error(file, depth > Deepest ? $"expected dictionaries at most {Deepest} deep" : $"expected at most {MostVisits} objects in dictionaries, got more");
            }

            switch (value)
            {
                case TorchView view when !views.TryAdd(name, view):
                    throw Error(file, $"expected each name once, got '{name}' twice");
                case PickleDictionary dictionary:
                    foreach ((object? key, object? item) in dictionary.Items.Where(pair => MayHoldTensors(pair.Value)))
                    {
                        Collect(item, Joined(name, KeyOf(key, file)), depth + 1);
                    }

                    break;
                case List<object?> list:
                    foreach ((int index, object? item) in list.Index().Where(pair => MayHoldTensors(pair.Item)))
                    {
                        Collect(item, Joined(name, $"{index}"), depth + 1);
                    }

                    break;
            }
        }
    }

    private static bool MayHoldTensors(object? value) => value is TorchView or PickleDictionary or List<object?>;

    private static string KeyOf(object? key, string file) =>
        key is string or long ? $"{key}" : throw Error(file, "expected dictionaries whose keys are texts or whole numbers, got another");

    // It has no more elements than its storage, and reaches no further.
    private static StoredTensorType TypeOf(string name, TorchView view, long stored, string file)
    {
        Int128 count = view.Sizes.Aggregate((Int128)1, (product, size) => product > long.MaxValue ? product : product * size);
        Int128 last = view.Offset;
        for (int axis = 0; axis < view.Sizes.Length && count > 0; axis++)
        {
            last += (Int128)(view.Sizes[axis] - 1) * view.Strides[axis];
        }

        return view.Offset >= 0 && count <= stored && (count == 0 || last < stored)
            ? new StoredTensorType(view.Storage.Element, [.. view.Sizes])
            : throw Error(file, name, $"expected [{string.Join(", ", view.Sizes)}] within a storage of {stored} elements, got one that reaches beyond it");
    }

    private static Tensor Gathered(string name, TorchView view, StoredTensorType type, byte[] bytes, string file)
    {
        int size = type.Element.Size;
        ReadOnlySpan<byte> source = IsContiguous(view)
            ? bytes.AsSpan(type.ByteCount == 0 ? 0 : (int)view.Offset * size, (int)type.ByteCount)
            : Gathered(view, bytes, type.Shape.ElementCount, size);
        byte[] elements = source.ToArray();
        return Tensor.Create(type.InMemory, target =>
        {
            if (ElementReader.Widen(type.Element, elements, target) >= 0)
            {
                throw Error(file, name, $"expected values of {type.Element.Label} that a tensor can hold, got another");
            }
        });
    }

    private static bool IsContiguous(TorchView view)
    {
        long expected = 1;
        for (int axis = view.Sizes.Length - 1; axis >= 0; axis--)
        {
            if (view.Sizes[axis] > 1 && view.Strides[axis] != expected)
            {
                return false;
            }

            expected *= Math.Max(1, view.Sizes[axis]);
        }

        return true;
    }

    private static byte[] Gathered(TorchView view, byte[] bytes, int count, int size)
    {
        byte[] result = new byte[count * size];
        int[] index = new int[view.Sizes.Length];
        for (int element = 0; element < count; element++)
        {
            long place = view.Offset;
            for (int axis = 0; axis < index.Length; axis++)
            {
                place += index[axis] * view.Strides[axis];
            }

            bytes.AsSpan((int)(place * size), size).CopyTo(result.AsSpan(element * size));
            for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == view.Sizes[axis]; axis--)
            {
                index[axis] = 0;
            }
        }

        return result;
    }

    private static string Joined(string name, string part) => name.Length == 0 ? part : $"{name}.{part}";

    private static InvalidFileException Error(string file, string tensor, string problem) => Error(file, $"tensor '{tensor}': {problem}");

    private static InvalidFileException Error(string file, string problem) => new(file, FilePosition.None, problem);
}
