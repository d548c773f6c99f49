using System.Numerics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Nabla.Onnx;
using Nabla.Onnx.Protos;

namespace Nabla.Conformance.Runtime;

/// <summary>Makes the inputs and attributes of cases.</summary>
internal static class CaseParts
{
    /// <summary>Numbers of the standard normal distribution.</summary>
    public static TensorProto Floats(string name, params int[] shape) => Of(name, OnnxTypes.Float, Values(name, shape), shape);

    /// <summary>Numbers above zero.</summary>
    public static TensorProto Positive(string name, params int[] shape)
    {
        float[] values = Values(name, shape);
        return Of(name, OnnxTypes.Float, [.. values.Select(value => 0.02f + (Math.Abs(value) / 20))], shape);
    }

    /// <summary>The numbers that are given.</summary>
    public static TensorProto Floats(string name, float[] values, params int[] shape) => Of(name, OnnxTypes.Float, values, shape);

    /// <summary>Whole numbers of 64 bits.</summary>
    public static TensorProto Int64(string name, params long[] values) => Of(name, OnnxTypes.Int64, values, [values.Length]);

    /// <summary>Whole numbers of 64 bits in a shape.</summary>
    public static TensorProto Longs(string name, int[] shape, params long[] values) => Of(name, OnnxTypes.Int64, values, shape);

    /// <summary>One whole number of 64 bits.</summary>
    public static TensorProto Int64Scalar(string name, long value) => Of(name, OnnxTypes.Int64, new[] { value }, []);

    /// <summary>One whole number of 32 bits.</summary>
    public static TensorProto Int32Scalar(string name, int value) => Of(name, OnnxTypes.Int32, new[] { value }, []);

    /// <summary>True and false.</summary>
    public static TensorProto Flags(string name, params bool[] values) => Of(name, OnnxTypes.Bool, values, [values.Length]);

    /// <summary>Whole numbers of 32 bits.</summary>
    public static TensorProto Int32(string name, params int[] values) => Of(name, OnnxTypes.Int32, values, [values.Length]);

    /// <summary>Bytes from the whole range.</summary>
    public static TensorProto Bytes(string name, params int[] shape) => Of(name, OnnxTypes.UInt8, Draw<byte>(name, shape, 0, 256), shape);

    /// <summary>Signed bytes of 7 bits: without AVX-512 ONNX Runtime adds two products of larger ones in 16 bits, where they do not fit.</summary>
    public static TensorProto SignedBytes(string name, params int[] shape) => Of(name, OnnxTypes.Int8, Draw<sbyte>(name, shape, -64, 64), shape);

    /// <summary>Signed bytes that are given.</summary>
    public static TensorProto GivenBytes(string name, params sbyte[] values) => Of(name, OnnxTypes.Int8, values, [values.Length]);

    /// <summary>Whole numbers of 32 bits from a range.</summary>
    public static TensorProto Drawn(string name, int low, int high, params int[] shape) => Of(name, OnnxTypes.Int32, Draw<int>(name, shape, low, high), shape);

    /// <summary>One byte.</summary>
    public static TensorProto Byte(string name, byte value) => Of(name, OnnxTypes.UInt8, new[] { value }, []);

    /// <summary>One signed byte.</summary>
    public static TensorProto SignedByte(string name, sbyte value) => Of(name, OnnxTypes.Int8, new[] { value }, []);

    /// <summary>One number.</summary>
    public static TensorProto Scalar(string name, float value) => Of(name, OnnxTypes.Float, new[] { value }, []);

    /// <summary>An attribute of whole numbers.</summary>
    public static AttributeProto Ints(string name, params long[] values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    /// <summary>An attribute of numbers.</summary>
    public static AttributeProto Numbers(string name, params float[] values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.AttributeType.Floats };
        attribute.Floats.AddRange(values);
        return attribute;
    }

    /// <summary>An attribute of texts.</summary>
    public static AttributeProto Texts(string name, params string[] values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.AttributeType.Strings };
        attribute.Strings.AddRange(values.Select(ByteString.CopyFromUtf8));
        return attribute;
    }

    /// <summary>An attribute of one whole number.</summary>
    public static AttributeProto Int(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    /// <summary>An attribute of one number.</summary>
    public static AttributeProto Number(string name, float value) => new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float };

    /// <summary>An attribute of one text.</summary>
    public static AttributeProto Word(string name, string value) => new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String };

    private static float[] Values(string name, int[] shape) => RandomKey.FromSeed(shape.Length).Fold(name).Normal(shape).ToArray<float>();

    private static T[] Draw<T>(string name, int[] shape, int low, int high)
        where T : INumber<T> =>
        [.. RandomKey.FromSeed(shape.Length).Fold(name).Integers(shape, low, high, DataType.Int32).ToArray<int>().Select(T.CreateChecked)];

    private static TensorProto Of<T>(string name, int type, T[] values, int[] shape)
        where T : unmanaged
    {
        TensorProto tensor = new() { Name = name, DataType = type, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };
        tensor.Dims.AddRange(shape.Select(size => (long)size));
        return tensor;
    }
}
