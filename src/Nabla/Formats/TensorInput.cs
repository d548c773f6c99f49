using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Nabla.Formats;

/// <summary>Reads the elements of a tensor out of a file straight into the tensor's memory.</summary>
internal static class TensorInput
{
    // More than any library takes; what is beyond only makes work.
    private const int MostDimensions = 64;

    /// <summary>The type of a tensor whose dimensions a file claims, when a tensor can have it.</summary>
    /// <param name="input">The file, for the error.</param>
    /// <param name="dataType">The type of the elements.</param>
    /// <param name="dimensions">What the file says, not yet trusted.</param>
    /// <param name="what">What the tensor is, for the error.</param>
    /// <param name="position">Where the file says it.</param>
    public static TensorType TypeOf(
        FileInput input, DataType dataType, ReadOnlySpan<long> dimensions, string what, long position)
    {
        if (dimensions.Length > MostDimensions)
        {
            throw input.ErrorAt(position, $"expected {what} of at most {MostDimensions} dimensions, got {dimensions.Length}");
        }

        long count = 1;
        int[] shape = new int[dimensions.Length];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            long dimension = dimensions[axis];
            long product = dimension is >= 0 and <= int.MaxValue ? count * dimension : long.MaxValue;
            if (product > int.MaxValue / dataType.Size)
            {
                throw input.ErrorAt(position, $"expected {what} of at most {int.MaxValue} bytes, got {Show(dimensions)} of {dataType.Label}");
            }

            count = product;
            shape[axis] = (int)dimension;
        }

        return new TensorType(dataType, shape);
    }

    /// <summary>Reads a tensor whose elements are stored little-endian, row after row.</summary>
    public static Tensor Read(FileInput input, TensorType type, string what)
    {
        input.Require(type.ByteCount, what);
        long start = input.Position;
        Tensor tensor = Tensor.Create(type, bytes => input.Read(bytes, what));
        RequireBooleans(input, tensor, start, what);
        return tensor;
    }

    /// <summary>Turns big-endian elements of the given size into the machine's order.</summary>
    public static void ReverseEndianness(Span<byte> bytes, int elementSize)
    {
        switch (elementSize)
        {
            case 2:
                Span<short> shorts = MemoryMarshal.Cast<byte, short>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                Span<int> ints = MemoryMarshal.Cast<byte, int>(bytes);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                Span<long> longs = MemoryMarshal.Cast<byte, long>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }

    /// <summary>As in <c>[2, 3]</c>.</summary>
    public static string Show(ReadOnlySpan<long> dimensions) => $"[{string.Join(", ", dimensions.ToArray())}]";

    // A bool that is neither 0 nor 1 would be true and yet not equal to true.
    private static void RequireBooleans(FileInput input, Tensor tensor, long start, string what)
    {
        if (tensor.DataType != DataType.Bool)
        {
            return;
        }

        ReadOnlySpan<byte> bytes = tensor.AsBytes();
        int wrong = bytes.IndexOfAnyExceptInRange((byte)0, (byte)1);
        if (wrong >= 0)
        {
            throw input.ErrorAt(start + wrong, $"expected 0 or 1 in {what} of bool, got {bytes[wrong]}");
        }
    }
}
