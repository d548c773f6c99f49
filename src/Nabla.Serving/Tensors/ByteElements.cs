using System.Buffers;
using System.Buffers.Binary;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Tensors;

/// <summary>Elements of <see cref="ElementType.Bytes"/>, each behind its length in four bytes, little-endian.</summary>
internal static class ByteElements
{
    private const int PrefixSize = 4;

    /// <summary>How many there are.</summary>
    /// <param name="label">What errors call the tensor.</param>
    /// <param name="data">All of them.</param>
    /// <exception cref="ServingException">A length reaches behind the end.</exception>
    public static int Count(string label, ReadOnlySpan<byte> data)
    {
        int count = 0;
        for (int position = 0; position < data.Length; count++)
        {
            position += PrefixSize + LengthAt(label, data, position, count);
        }

        return count;
    }

    /// <summary>Each element; the data was counted before.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> data)
    {
        List<ReadOnlyMemory<byte>> elements = [];
        for (int position = 0; position < data.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(data.Span[position..]);
            elements.Add(data.Slice(position + PrefixSize, length));
            position += PrefixSize + length;
        }

        return elements;
    }

    /// <summary>Adds an element.</summary>
    public static void Write(IBufferWriter<byte> writer, ReadOnlySpan<byte> element)
    {
        BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(PrefixSize), element.Length);
        writer.Advance(PrefixSize);
        writer.Write(element);
    }

    private static int LengthAt(string label, ReadOnlySpan<byte> data, int position, int element)
    {
        int left = data.Length - position - PrefixSize;
        uint length = left >= 0 ? BinaryPrimitives.ReadUInt32LittleEndian(data[position..]) : 0;
        return left >= 0 && length <= left
            ? (int)length
            : throw ServingException.Invalid($"{label} expects each element of BYTES behind its length in 4 bytes, but element {element} reaches behind the end of the data.");
    }
}
