using System.Runtime.InteropServices;
using Nabla.Formats;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx;

/// <summary>Reads tensors of ONNX files.</summary>
internal static class OnnxTensors
{
    /// <summary>The tensor of a message, numbers or strings.</summary>
    /// <param name="proto">The message.</param>
    /// <param name="file">What errors call the file.</param>
    /// <param name="folder">The folder of data that lies outside the file; null where there can be none.</param>
    /// <exception cref="InvalidFileException">The message holds something else than it says.</exception>
    public static OnnxData ReadData(TensorProto proto, string file, string? folder = null)
    {
        if (proto.DataType != OnnxTypes.Text)
        {
            return new TensorData(Read(proto, file, folder), proto.DataType);
        }

        Shape shape = ShapeOf(proto, file);
        return proto.StringData.Count == shape.ElementCount
            ? new TextData([.. proto.StringData.Select(text => text.ToStringUtf8())], shape)
            : throw Error(file, proto, $"expected {shape.ElementCount} strings for {shape}, got {proto.StringData.Count}");
    }

    /// <summary>The tensor of a message of numbers or truth values.</summary>
    /// <inheritdoc cref="ReadData"/>
    public static Tensor Read(TensorProto proto, string file, string? folder = null)
    {
        Shape shape = ShapeOf(proto, file);
        DataType type = OnnxTypes.InMemory(proto.DataType)
            ?? throw Error(file, proto, $"expected numbers or truth values, got {OnnxTypes.NameOf(proto.DataType)}");
        bool isOutside = proto.DataLocation == TensorProto.Types.DataLocation.External;
        ReadOnlySpan<byte> raw = isOutside ? ExternalData.Read(proto, file, folder) : proto.RawData.Span;
        if (raw.Length == 0 && shape.ElementCount > 0)
        {
            return FromFields(proto, type, shape, file);
        }

        long expected = BytesOf(proto.DataType, shape);
        return raw.Length == expected
            ? FromBytes(raw, proto, shape, file)
            : throw Error(file, proto, $"expected {expected} bytes for {shape}, got {raw.Length}");
    }

    private static long BytesOf(int type, Shape shape) => (((long)shape.ElementCount * OnnxTypes.BitsInFile(type)) + 7) / 8;

    private static Shape ShapeOf(TensorProto proto, string file)
    {
        long elements = 1;
        foreach (long size in proto.Dims)
        {
            elements = size is < 0 or > int.MaxValue ? -1 : elements * size;
            if (elements is < 0 or > int.MaxValue)
            {
                throw Error(file, proto, $"expected dimensions whose product is at most {int.MaxValue}, got [{string.Join(", ", proto.Dims)}]");
            }
        }

        return [.. proto.Dims.Select(size => (int)size)];
    }

    private static Tensor FromBytes(ReadOnlySpan<byte> raw, TensorProto proto, Shape shape, string file) => proto.DataType switch
    {
        OnnxTypes.Float => Tensor.From(Aligned<float>(raw), shape),
        OnnxTypes.Double => Tensor.From(Aligned<double>(raw), shape),
        OnnxTypes.Int32 => Tensor.From(Aligned<int>(raw), shape),
        OnnxTypes.Int64 => Tensor.From(Aligned<long>(raw), shape),
        OnnxTypes.UInt8 => Tensor.From(raw, shape),
        OnnxTypes.Bool => Tensor.From(Converted(raw, value => value != 0), shape),
        OnnxTypes.Int8 => Tensor.From(MemoryMarshal.Cast<byte, sbyte>(raw), shape),
        OnnxTypes.Int16 => Tensor.From(Converted(Aligned<short>(raw), value => (int)value), shape),
        OnnxTypes.UInt16 => Tensor.From(Converted(Aligned<ushort>(raw), value => (int)value), shape),
        OnnxTypes.UInt32 => Tensor.From(Converted(Aligned<uint>(raw), value => (long)value), shape),
        OnnxTypes.UInt64 => Tensor.From(Converted(Aligned<ulong>(raw), value => Signed(value, proto, file)), shape),
        OnnxTypes.Float16 => Tensor.From(Converted(Aligned<ushort>(raw), value => (float)BitConverter.UInt16BitsToHalf(value)), shape),
        OnnxTypes.BFloat16 => Tensor.From(Converted(Aligned<ushort>(raw), value => BitConverter.UInt32BitsToSingle((uint)value << 16)), shape),
        OnnxTypes.UInt4 or OnnxTypes.UInt2 => Tensor.From(Unpacked(raw, proto.DataType, shape), shape),
        OnnxTypes.Int4 => Tensor.From(Array.ConvertAll(Unpacked(raw, proto.DataType, shape), value => (value ^ 8) - 8), shape),
        OnnxTypes.Int2 => Tensor.From(Array.ConvertAll(Unpacked(raw, proto.DataType, shape), value => (value ^ 2) - 2), shape),
        _ => Tensor.From(Decoded(raw, proto.DataType, shape), shape),
    };

    // Elements of a byte or less; the first of a byte stands in its lowest bits.
    private static int[] Unpacked(ReadOnlySpan<byte> raw, int type, Shape shape)
    {
        int bits = OnnxTypes.BitsInFile(type);
        int[] values = new int[shape.ElementCount];
        for (int index = 0; index < values.Length; index++)
        {
            long bit = (long)index * bits;
            values[index] = (raw[(int)(bit / 8)] >> (int)(bit % 8)) & ((1 << bits) - 1);
        }

        return values;
    }

    private static float[] Decoded(ReadOnlySpan<byte> raw, int type, Shape shape)
    {
        FloatFormat format = FloatFormat.Of(type)!;
        return Array.ConvertAll(Unpacked(raw, type, shape), bits => format.Decode(bits, OnnxTypes.BitsInFile(type)));
    }

    private static long Signed(ulong value, TensorProto proto, string file) => value <= long.MaxValue
        ? (long)value
        : throw Error(file, proto, $"expected numbers up to {long.MaxValue}, got {value}");

    // Fields of the message instead of bytes: small integers, truth values and half floats stand in the int32 field, those of a byte or less as bytes.
    private static Tensor FromFields(TensorProto proto, DataType type, Shape shape, string file)
    {
        if (proto.DataType >= OnnxTypes.Float8E4M3FN)
        {
            byte[] bytes = [.. proto.Int32Data.Select(value => (byte)value)];
            return bytes.Length == BytesOf(proto.DataType, shape)
                ? FromBytes(bytes, proto, shape, file)
                : throw Error(file, proto, $"expected {BytesOf(proto.DataType, shape)} bytes for {shape}, got {bytes.Length}");
        }

        (int count, Func<Tensor> create) = proto.DataType switch
        {
            OnnxTypes.Float => (proto.FloatData.Count, (Func<Tensor>)(() => Tensor.From(proto.FloatData.ToArray(), shape))),
            OnnxTypes.Double => (proto.DoubleData.Count, () => Tensor.From(proto.DoubleData.ToArray(), shape)),
            OnnxTypes.Int64 => (proto.Int64Data.Count, () => Tensor.From(proto.Int64Data.ToArray(), shape)),
            OnnxTypes.UInt32 or OnnxTypes.UInt64 => (proto.Uint64Data.Count, () =>
                Tensor.From([.. proto.Uint64Data.Select(value => Signed(value, proto, file))], shape)),
            OnnxTypes.Float16 => (proto.Int32Data.Count, () =>
                Tensor.From([.. proto.Int32Data.Select(value => (float)BitConverter.UInt16BitsToHalf((ushort)value))], shape)),
            OnnxTypes.BFloat16 => (proto.Int32Data.Count, () =>
                Tensor.From([.. proto.Int32Data.Select(value => BitConverter.UInt32BitsToSingle((uint)value << 16))], shape)),
            _ => (proto.Int32Data.Count, () => Tensor.From(proto.Int32Data.ToArray(), shape).To(type)),
        };
        return count == shape.ElementCount ? create() : throw Error(file, proto, $"expected {shape.ElementCount} elements for {shape}, got {count}");
    }

    private static T[] Aligned<T>(ReadOnlySpan<byte> raw)
        where T : unmanaged
    {
        T[] values = new T[raw.Length / Marshal.SizeOf<T>()];
        raw.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("ONNX files hold little-endian numbers, which this machine does not read yet.");
        }

        return values;
    }

    private static TTo[] Converted<TFrom, TTo>(ReadOnlySpan<TFrom> values, Func<TFrom, TTo> convert) => Array.ConvertAll(values.ToArray(), value => convert(value));

    private static InvalidFileException Error(string file, TensorProto proto, string problem) =>
        new(file, FilePosition.None, $"tensor '{proto.Name}': {problem}");
}
