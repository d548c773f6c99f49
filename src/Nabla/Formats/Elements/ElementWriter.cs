using System.Buffers.Binary;
using System.Globalization;

namespace Nabla.Formats;

/// <summary>Writes the elements of a tensor into a file, little-endian, in the type that is asked for.</summary>
internal static class ElementWriter
{
    private const int ChunkElements = 1 << 14;

    private delegate bool Encoder<T>(Span<byte> target, T value);

    /// <summary>What a tensor is stored as.</summary>
    /// <param name="type">The type of its elements.</param>
    /// <param name="floats">What floating-point numbers are stored as; null for what they are.</param>
    /// <param name="integers">What integers are stored as; null for what they are.</param>
    public static StoredType TypeOf(DataType type, StoredType? floats, StoredType? integers = null) =>
        (type.IsFloating ? floats : type == DataType.Bool ? null : integers) ?? StoredTypes.Of(type);

    /// <summary>Whether floating-point numbers can be written as a type.</summary>
    public static bool IsFloat(StoredType type) => type is StoredType.Float64 or StoredType.Float32 or StoredType.Float16 or StoredType.BFloat16;

    /// <summary>Whether integers can be written as a type.</summary>
    public static bool IsInteger(StoredType type) => type is >= StoredType.Int64 and <= StoredType.UInt8;

    /// <summary>Writes the elements row after row.</summary>
    /// <exception cref="ArgumentException">A finite value is beyond the largest of the type.</exception>
    public static void Write(Stream stream, Tensor tensor, StoredType type, string name)
    {
        if (type == StoredTypes.Of(tensor.DataType))
        {
            stream.Write(tensor.AsBytes());
            return;
        }

        int wrong = tensor.DataType switch
        {
            DataType.Float32 => WriteEach(stream, tensor.AsSpan<float>(), type.Size, (target, value) => TryWrite(target, value, type)),
            DataType.Float64 => WriteEach(stream, tensor.AsSpan<double>(), type.Size, (target, value) => TryWrite(target, value, type)),
            DataType.Int32 => WriteEach(stream, tensor.AsSpan<int>(), type.Size, (target, value) => TryWrite(target, (long)value, type)),
            DataType.Int64 => WriteEach(stream, tensor.AsSpan<long>(), type.Size, (target, value) => TryWrite(target, value, type)),
            DataType.Int8 => WriteEach(stream, tensor.AsSpan<sbyte>(), type.Size, (target, value) => TryWrite(target, (long)value, type)),
            _ => WriteEach(stream, tensor.AsBytes(), type.Size, (target, value) => TryWrite(target, (long)value, type)),
        };
        if (wrong >= 0)
        {
            throw TooLarge(tensor, wrong, type, name);
        }
    }

    // The index of the first value that does not fit; -1 when all do.
    private static int WriteEach<T>(Stream stream, ReadOnlySpan<T> values, int size, Encoder<T> tryWrite)
    {
        byte[] buffer = new byte[ChunkElements * size];
        for (int start = 0; start < values.Length; start += ChunkElements)
        {
            int count = Math.Min(ChunkElements, values.Length - start);
            for (int index = 0; index < count; index++)
            {
                if (!tryWrite(buffer.AsSpan(index * size, size), values[start + index]))
                {
                    return start + index;
                }
            }

            stream.Write(buffer, 0, count * size);
        }

        return -1;
    }

    private static bool TryWrite(Span<byte> target, double value, StoredType type)
    {
        bool isFinite;
        switch (type)
        {
            case StoredType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(target, (Half)value);
                isFinite = Half.IsFinite((Half)value);
                break;
            case StoredType.BFloat16:
                BinaryPrimitives.WriteUInt16LittleEndian(target, SmallFloats.ToBFloat16(value));
                isFinite = float.IsFinite(SmallFloats.OfBFloat16(SmallFloats.ToBFloat16(value)));
                break;
            case StoredType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(target, (float)value);
                isFinite = float.IsFinite((float)value);
                break;
            default:
                BinaryPrimitives.WriteDoubleLittleEndian(target, value);
                isFinite = double.IsFinite(value);
                break;
        }

        return isFinite || !double.IsFinite(value);
    }

    private static bool TryWrite(Span<byte> target, long value, StoredType type)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes[..target.Length].CopyTo(target);
        return type switch
        {
            StoredType.Int8 => value is >= sbyte.MinValue and <= sbyte.MaxValue,
            StoredType.Int16 => value is >= short.MinValue and <= short.MaxValue,
            StoredType.Int32 => value is >= int.MinValue and <= int.MaxValue,
            StoredType.UInt8 => value is >= 0 and <= byte.MaxValue,
            StoredType.UInt16 => value is >= 0 and <= ushort.MaxValue,
            StoredType.UInt32 => value is >= 0 and <= uint.MaxValue,
            StoredType.UInt64 => value >= 0,
            _ => true,
        };
    }

    private static ArgumentException TooLarge(Tensor tensor, int index, StoredType type, string name)
    {
        IFormattable value = tensor.DataType switch
        {
            DataType.Float32 => tensor.AsSpan<float>()[index],
            DataType.Float64 => tensor.AsSpan<double>()[index],
            DataType.Int32 => tensor.AsSpan<int>()[index],
            DataType.Int64 => tensor.AsSpan<long>()[index],
            DataType.Int8 => tensor.AsSpan<sbyte>()[index],
            _ => tensor.AsBytes()[index],
        };
        string shown = value.ToString(null, CultureInfo.InvariantCulture);
        return new ArgumentException($"Tensor '{name}' has the value {shown}, which {type.Label} cannot hold: store it in a wider type.", nameof(tensor));
    }
}
