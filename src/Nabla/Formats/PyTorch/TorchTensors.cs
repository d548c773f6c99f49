using System.Runtime.InteropServices;

namespace Nabla.Formats.PyTorch;

/// <summary>Makes tensors of storages and of what says how they look at them.</summary>
internal static class TorchTensors
{
    private const int Deepest = 64;

    /// <summary>The bytes of an element.</summary>
    public static int Size(TorchElement element) => element switch
    {
        TorchElement.Float64 or TorchElement.Int64 => 8,
        TorchElement.Float32 or TorchElement.Int32 => 4,
        TorchElement.Float16 or TorchElement.BFloat16 or TorchElement.Int16 => 2,
        _ => 1,
    };

    /// <summary>All tensors of an object, by dotted name; numbers and texts between them are left out.</summary>
    public static OrderedDictionary<string, TorchView> Views(object? root, string file)
    {
        OrderedDictionary<string, TorchView> views = [];
        Collect(root, "", 0);
        return views.Count > 0 ? views : throw new InvalidFileException(file, FilePosition.None, "expected a state dictionary of tensors, got none");

        void Collect(object? value, string name, int depth)
        {
            if (depth > Deepest)
            {
                throw new InvalidFileException(file, FilePosition.None, $"expected dictionaries at most {Deepest} deep");
            }

            switch (value)
            {
                case TorchView view when !views.TryAdd(name, view):
                    throw new InvalidFileException(file, FilePosition.None, $"expected each name once, got '{name}' twice");
                case PickleDictionary dictionary:
                    dictionary.Items.ForEach(item => Collect(item.Value, Joined(name, $"{item.Key}"), depth + 1));
                    break;
                case List<object?> list:
                    for (int index = 0; index < list.Count; index++)
                    {
                        Collect(list[index], Joined(name, $"{index}"), depth + 1);
                    }

                    break;
            }
        }
    }

    /// <summary>The tensor that a view shows. It has no more elements than its storage.</summary>
    public static Tensor Of(string name, TorchView view, byte[] bytes, string file)
    {
        long count = view.Sizes.Aggregate(1L, (product, size) => product > int.MaxValue ? product : product * size);
        long last = view.Offset;
        for (int axis = 0; axis < view.Sizes.Length && count > 0; axis++)
        {
            last = view.Strides[axis] > view.Storage.Count ? long.MaxValue / 2 : Math.Min(long.MaxValue / 2, last + ((view.Sizes[axis] - 1) * view.Strides[axis]));
        }

        if (view.Offset < 0 || count > view.Storage.Count || (count > 0 && last >= view.Storage.Count))
        {
            throw new InvalidFileException(
                file, FilePosition.None,
                $"tensor '{name}': expected [{string.Join(", ", view.Sizes)}] within a storage of {view.Storage.Count} elements, got one that reaches beyond it");
        }

        return Converted(view.Storage.Element, Gathered(view, bytes, (int)count), [.. view.Sizes]);
    }

    private static byte[] Gathered(TorchView view, byte[] bytes, int count)
    {
        int size = Size(view.Storage.Element);
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

    private static Tensor Converted(TorchElement element, byte[] bytes, Shape shape) => element switch
    {
        TorchElement.Float32 => Tensor.From(MemoryMarshal.Cast<byte, float>(bytes), shape),
        TorchElement.Float64 => Tensor.From(MemoryMarshal.Cast<byte, double>(bytes), shape),
        TorchElement.Int64 => Tensor.From(MemoryMarshal.Cast<byte, long>(bytes), shape),
        TorchElement.Int32 => Tensor.From(MemoryMarshal.Cast<byte, int>(bytes), shape),
        TorchElement.UInt8 => Tensor.From<byte>(bytes, shape),
        TorchElement.Bool => Tensor.From(Array.ConvertAll(bytes, value => value != 0), shape),
        TorchElement.Int8 => Tensor.From(Array.ConvertAll(bytes, value => (int)(sbyte)value), shape),
        TorchElement.Int16 => Tensor.From(Array.ConvertAll(MemoryMarshal.Cast<byte, short>(bytes).ToArray(), value => (int)value), shape),
        TorchElement.Float16 => Tensor.From(Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), value => (float)value), shape),
        _ => Tensor.From(
            Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), value => BitConverter.UInt32BitsToSingle((uint)value << 16)), shape),
    };

    private static string Joined(string name, string part) => name.Length == 0 ? part : $"{name}.{part}";
}
