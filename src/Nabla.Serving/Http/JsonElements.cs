using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Http;

/// <summary>Reads one element of a tensor from JSON, and writes the elements of one.</summary>
internal static class JsonElements
{
    private const int LargestElement = 8;

    /// <summary>Reads the value that the reader stands on.</summary>
    /// <param name="reader">Stands on a value.</param>
    /// <param name="type">What it is to be.</param>
    /// <param name="target">Where its bytes go.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(ref Utf8JsonReader reader, ElementType type, IBufferWriter<byte> target)
    {
        if (type == ElementType.Bytes)
        {
            return TryReadText(ref reader, target);
        }

        Span<byte> bytes = target.GetSpan(LargestElement);
        if (!(type.IsFloating ? TryReadReal(ref reader, type, bytes) : TryReadWhole(ref reader, type, bytes)))
        {
            return false;
        }

        target.Advance(type.Size!.Value);
        return true;
    }

    /// <summary>Writes all elements of a tensor as a flat array; what is no finite number becomes a text, as JSON has no such numbers.</summary>
    public static void Write(Utf8JsonWriter writer, WireTensor tensor)
    {
        writer.WriteStartArray();
        WriteValues(writer, tensor.Type, tensor.Data);
        writer.WriteEndArray();
    }

    /// <summary>Writes elements as values of the array that the writer is in.</summary>
    public static void WriteValues(Utf8JsonWriter writer, ElementType type, ReadOnlyMemory<byte> data)
    {
        switch (type)
        {
            case ElementType.Bool: Each<byte>(data, value => writer.WriteBooleanValue(value != 0)); break;
            case ElementType.UInt8: Each<byte>(data, value => writer.WriteNumberValue((int)value)); break;
            case ElementType.UInt16: Each<ushort>(data, value => writer.WriteNumberValue((int)value)); break;
            case ElementType.UInt32: Each<uint>(data, writer.WriteNumberValue); break;
            case ElementType.UInt64: Each<ulong>(data, writer.WriteNumberValue); break;
            case ElementType.Int8: Each<sbyte>(data, value => writer.WriteNumberValue((int)value)); break;
            case ElementType.Int16: Each<short>(data, value => writer.WriteNumberValue((int)value)); break;
            case ElementType.Int32: Each<int>(data, writer.WriteNumberValue); break;
            case ElementType.Int64: Each<long>(data, writer.WriteNumberValue); break;
            case ElementType.Float16: Each<Half>(data, value => WriteReal(writer, (float)value)); break;
            case ElementType.BFloat16: Each<ushort>(data, value => WriteReal(writer, BitConverter.UInt32BitsToSingle((uint)value << 16))); break;
            case ElementType.Float32: Each<float>(data, value => WriteReal(writer, value)); break;
            case ElementType.Float64: Each<double>(data, value => WriteReal(writer, value)); break;
            default: WriteTexts(writer, data); break;
        }
    }

    private static void Each<T>(ReadOnlyMemory<byte> data, Action<T> write)
        where T : unmanaged
    {
        foreach (T value in MemoryMarshal.Cast<byte, T>(data.Span))
        {
            write(value);
        }
    }

    private static void WriteTexts(Utf8JsonWriter writer, ReadOnlyMemory<byte> data)
    {
        foreach (ReadOnlyMemory<byte> element in ByteElements.Split(data))
        {
            writer.WriteStringValue(element.Span);
        }
    }

    private static void WriteReal(Utf8JsonWriter writer, float value)
    {
        if (float.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void WriteReal(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static bool TryReadText(ref Utf8JsonReader reader, IBufferWriter<byte> target)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        byte[] text = new byte[reader.ValueSpan.Length];
        ByteElements.Write(target, text.AsSpan(0, reader.CopyString(text)));
        return true;
    }

    private static bool TryReadReal(ref Utf8JsonReader reader, ElementType type, Span<byte> target)
    {
        if (type == ElementType.Float32 && reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetSingle(out float number) && MemoryMarshal.TryWrite(target, number);
        }

        if (!TryReadReal(ref reader, out double value))
        {
            return false;
        }

        switch (type)
        {
            case ElementType.Float16: BinaryPrimitives.WriteHalfLittleEndian(target, (Half)value); break;
            case ElementType.BFloat16: BinaryPrimitives.WriteUInt16LittleEndian(target, BFloat16Bits.Of((float)value)); break;
            case ElementType.Float32: BinaryPrimitives.WriteSingleLittleEndian(target, (float)value); break;
            default: BinaryPrimitives.WriteDoubleLittleEndian(target, value); break;
        }

        return true;
    }

    private static bool TryReadReal(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetDouble(out value);
        }

        bool isNamed = reader.TokenType == JsonTokenType.String && (reader.ValueTextEquals("NaN") || reader.ValueTextEquals("Infinity") || reader.ValueTextEquals("-Infinity"));
        return isNamed && double.TryParse(reader.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static bool TryReadWhole(ref Utf8JsonReader reader, ElementType type, Span<byte> target)
    {
        if (type == ElementType.Bool)
        {
            target[0] = reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0;
            return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
        }

        if (reader.TokenType != JsonTokenType.Number)
        {
            return false;
        }

        return type switch
        {
            ElementType.UInt8 => reader.TryGetByte(out byte value) && MemoryMarshal.TryWrite(target, value),
            ElementType.UInt16 => reader.TryGetUInt16(out ushort value) && MemoryMarshal.TryWrite(target, value),
            ElementType.UInt32 => reader.TryGetUInt32(out uint value) && MemoryMarshal.TryWrite(target, value),
            ElementType.UInt64 => reader.TryGetUInt64(out ulong value) && MemoryMarshal.TryWrite(target, value),
            ElementType.Int8 => reader.TryGetSByte(out sbyte value) && MemoryMarshal.TryWrite(target, value),
            ElementType.Int16 => reader.TryGetInt16(out short value) && MemoryMarshal.TryWrite(target, value),
            ElementType.Int32 => reader.TryGetInt32(out int value) && MemoryMarshal.TryWrite(target, value),
            _ => reader.TryGetInt64(out long value) && MemoryMarshal.TryWrite(target, value),
        };
    }
}

/// <summary>Numbers of 16 bits with the exponent of float32.</summary>
internal static class BFloat16Bits
{
    /// <summary>The nearest one; of two as near, the even one. What is no number stays none.</summary>
    public static ushort Of(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
