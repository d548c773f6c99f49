using System.Buffers.Binary;
using System.Text;

namespace Nabla.Formats.PyTorch;

/// <summary>Writes the few instructions of Python's pickle protocol 2 that a state dictionary needs (pickletools).</summary>
internal sealed class PickleWriter(Stream stream)
{
    private const byte ProtocolVersion = 2;

    /// <summary>A dictionary of tensors, all views of whole storages.</summary>
    /// <param name="tensors">The names, the types and the keys of the storages.</param>
    public void WriteStateDictionary(IEnumerable<(string Name, StoredTensorType Type, string Key)> tensors)
    {
        Bytes(0x80, ProtocolVersion);
        EmptyOrderedDictionary();
        Bytes((byte)'(');
        foreach ((string name, StoredTensorType type, string key) in tensors)
        {
            Text(name);
            Tensor(type, key);
        }

        Bytes((byte)'u', (byte)'.');
    }

    // _rebuild_tensor_v2(storage, offset, sizes, strides, requires_grad, backward_hooks)
    private void Tensor(StoredTensorType type, string key)
    {
        Symbol("torch._utils", "_rebuild_tensor_v2");
        Bytes((byte)'(', (byte)'(');
        Text("storage");
        Symbol("torch", PickleSymbols.StorageOf(type.Element));
        Text(key);
        Text("cpu");
        Number(type.Shape.ElementCount);
        Bytes((byte)'t', (byte)'Q');
        Number(0);
        Tuple(type.Shape);
        Tuple(Strides(type.Shape));
        Bytes(0x89);
        EmptyOrderedDictionary();
        Bytes((byte)'t', (byte)'R');
    }

    private static int[] Strides(Shape shape)
    {
        int[] strides = new int[shape.Rank];
        for (int axis = 0; axis < strides.Length; axis++)
        {
            strides[axis] = shape.Product(axis + 1, shape.Rank);
        }

        return strides;
    }

    private void EmptyOrderedDictionary()
    {
        Symbol("collections", "OrderedDict");
        Bytes((byte)')', (byte)'R');
    }

    private void Tuple(IEnumerable<int> numbers)
    {
        Bytes((byte)'(');
        foreach (int number in numbers)
        {
            Number(number);
        }

        Bytes((byte)'t');
    }

    private void Symbol(string module, string name)
    {
        Bytes((byte)'c');
        stream.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    private void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Bytes((byte)'X');
        Integer(bytes.Length);
        stream.Write(bytes);
    }

    private void Number(int value)
    {
        Bytes((byte)'J');
        Integer(value);
    }

    private void Integer(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private void Bytes(params ReadOnlySpan<byte> bytes) => stream.Write(bytes);
}
