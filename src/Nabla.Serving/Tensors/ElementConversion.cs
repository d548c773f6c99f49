using System.Buffers.Binary;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Tensors;

/// <summary>
/// Turns elements as they travel into those that a model computes with. Only conversions that lose nothing are made: 16-bit numbers to wider ones, small
/// integers to larger ones.
/// </summary>
internal static class ElementConversion
{
    /// <summary>The types that a model's input takes, its own first.</summary>
    public static IReadOnlyList<ElementType> Accepted(DataType type) => type switch
    {
        DataType.Float32 => [ElementType.Float32, ElementType.Float16, ElementType.BFloat16],
        DataType.Float64 => [ElementType.Float64, ElementType.Float32, ElementType.Float16, ElementType.BFloat16],
        DataType.Int32 => [ElementType.Int32, ElementType.Int16, ElementType.UInt16, ElementType.Int8, ElementType.UInt8],
        DataType.Int64 => [ElementType.Int64, ElementType.UInt64, ElementType.Int32, ElementType.UInt32, ElementType.Int16, ElementType.UInt16, ElementType.Int8, ElementType.UInt8],
        DataType.UInt8 => [ElementType.UInt8],
        DataType.Int8 => [ElementType.Int8],
        _ => [ElementType.Bool],
    };

    /// <summary>The elements in the memory of a model.</summary>
    /// <exception cref="ServingException">The type is not taken, or an element is no value of it.</exception>
    public static ReadOnlyMemory<byte> ToModel(WireTensor tensor, DataType type) => (tensor.Type, type) switch
    {
        (ElementType.Bool, DataType.Bool) => Bools(tensor),
        (ElementType.UInt64, DataType.Int64) => Unsigned(tensor),
        _ when tensor.Type == ElementTypes.Of(type) => tensor.Data,
        (ElementType.Float16, DataType.Float32) => Convert<Half, float>(tensor.Data, value => (float)value),
        (ElementType.BFloat16, DataType.Float32) => Convert<ushort, float>(tensor.Data, Widen),
        (ElementType.Float16, DataType.Float64) => Convert<Half, double>(tensor.Data, value => (double)value),
        (ElementType.BFloat16, DataType.Float64) => Convert<ushort, double>(tensor.Data, value => Widen(value)),
        (ElementType.Float32, DataType.Float64) => Convert<float, double>(tensor.Data, value => value),
        (ElementType.Int8, DataType.Int32) => Integers<sbyte, int>(tensor.Data),
        (ElementType.UInt8, DataType.Int32) => Integers<byte, int>(tensor.Data),
        (ElementType.Int16, DataType.Int32) => Integers<short, int>(tensor.Data),
        (ElementType.UInt16, DataType.Int32) => Integers<ushort, int>(tensor.Data),
        (ElementType.Int8, DataType.Int64) => Integers<sbyte, long>(tensor.Data),
        (ElementType.UInt8, DataType.Int64) => Integers<byte, long>(tensor.Data),
        (ElementType.Int16, DataType.Int64) => Integers<short, long>(tensor.Data),
        (ElementType.UInt16, DataType.Int64) => Integers<ushort, long>(tensor.Data),
        (ElementType.Int32, DataType.Int64) => Integers<int, long>(tensor.Data),
        (ElementType.UInt32, DataType.Int64) => Integers<uint, long>(tensor.Data),
        _ => throw ServingException.Invalid(
            $"{tensor.Label} expects elements of {string.Join(", ", Accepted(type).Select(accepted => accepted.Name))} but got {tensor.Type.Name}."),
    };

    /// <summary>Refuses what is no finite number.</summary>
    /// <exception cref="ServingException">An element is not finite; the message says which.</exception>
    public static void RequireFinite(string label, ReadOnlySpan<byte> data, DataType type)
    {
        int place = type switch
        {
            DataType.Float32 => FirstNotFinite(MemoryMarshal.Cast<byte, float>(data)),
            DataType.Float64 => FirstNotFinite(MemoryMarshal.Cast<byte, double>(data)),
            _ => -1,
        };
        if (place >= 0)
        {
            throw ServingException.Invalid($"{label} expects finite numbers but element {place} is none.");
        }
    }

    private static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    private static ReadOnlyMemory<byte> Bools(WireTensor tensor)
    {
        int place = tensor.Data.Span.IndexOfAnyExceptInRange((byte)0, (byte)1);
        return place < 0
            ? tensor.Data
            : throw ServingException.Invalid($"{tensor.Label} of BOOL expects bytes of 0 or 1 but element {place} is {tensor.Data.Span[place]}.");
    }

    private static ReadOnlyMemory<byte> Unsigned(WireTensor tensor)
    {
        ReadOnlySpan<byte> data = tensor.Data.Span;
        for (int place = 0; place < data.Length / sizeof(ulong); place++)
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(data[(place * sizeof(ulong))..]);
            if (value > long.MaxValue)
            {
                throw ServingException.Invalid($"{tensor.Label} expects numbers up to {long.MaxValue} but element {place} is {value}.");
            }
        }

        return tensor.Data;
    }

    private static byte[] Integers<TFrom, TTo>(ReadOnlyMemory<byte> data)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo> => Convert<TFrom, TTo>(data, TTo.CreateChecked);

    private static byte[] Convert<TFrom, TTo>(ReadOnlyMemory<byte> data, Func<TFrom, TTo> convert)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        ReadOnlySpan<TFrom> source = MemoryMarshal.Cast<byte, TFrom>(data.Span);
        TTo[] target = new TTo[source.Length];
        for (int index = 0; index < source.Length; index++)
        {
            target[index] = convert(source[index]);
        }

        return MemoryMarshal.AsBytes(target.AsSpan()).ToArray();
    }

    private static int FirstNotFinite<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IFloatingPoint<T>
    {
        if (TensorPrimitives.IsFiniteAll(values))
        {
            return -1;
        }

        for (int place = 0; place < values.Length; place++)
        {
            if (!T.IsFinite(values[place]))
            {
                return place;
            }
        }

        return -1;
    }
}
