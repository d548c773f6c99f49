namespace Nabla.Onnx;

/// <summary>The numbers of element types in the schema (onnx.proto3, TensorProto.DataType), and what they become.</summary>
internal static class OnnxTypes
{
    public const int Float = 1;
    public const int UInt8 = 2;
    public const int Int8 = 3;
    public const int UInt16 = 4;
    public const int Int16 = 5;
    public const int Int32 = 6;
    public const int Int64 = 7;
    public const int Text = 8;
    public const int Bool = 9;
    public const int Float16 = 10;
    public const int Double = 11;
    public const int UInt32 = 12;
    public const int UInt64 = 13;
    public const int BFloat16 = 16;
    public const int Float8E4M3FN = 17;
    public const int Float8E4M3FNUZ = 18;
    public const int Float8E5M2 = 19;
    public const int Float8E5M2FNUZ = 20;
    public const int UInt4 = 21;
    public const int Int4 = 22;
    public const int Float4E2M1 = 23;
    public const int Float8E8M0 = 24;
    public const int UInt2 = 25;
    public const int Int2 = 26;

    private static readonly Dictionary<int, string> Names = new()
    {
        [Float] = "float32",
        [UInt8] = "uint8",
        [Int8] = "int8",
        [UInt16] = "uint16",
        [Int16] = "int16",
        [Int32] = "int32",
        [Int64] = "int64",
        [Text] = "string",
        [Bool] = "bool",
        [Float16] = "float16",
        [Double] = "float64",
        [UInt32] = "uint32",
        [UInt64] = "uint64",
        [BFloat16] = "bfloat16",
        [Float8E4M3FN] = "float8e4m3fn",
        [Float8E4M3FNUZ] = "float8e4m3fnuz",
        [Float8E5M2] = "float8e5m2",
        [Float8E5M2FNUZ] = "float8e5m2fnuz",
        [UInt4] = "uint4",
        [Int4] = "int4",
        [Float4E2M1] = "float4e2m1",
        [Float8E8M0] = "float8e8m0",
        [UInt2] = "uint2",
        [Int2] = "int2",
    };

    /// <summary>What a person calls a type.</summary>
    public static string NameOf(int type) => Names.GetValueOrDefault(type, $"type {type}");

    /// <summary>The type in memory: small integers and floats are widened to the next that tensors have; null where there is none.</summary>
    public static DataType? InMemory(int type) => type switch
    {
        Float or Float16 or BFloat16 => DataType.Float32,
        Double => DataType.Float64,
        UInt8 => DataType.UInt8,
        Int8 => DataType.Int8,
        Int16 or UInt16 or Int32 => DataType.Int32,
        UInt4 or Int4 or UInt2 or Int2 => DataType.Int32,
        UInt32 or UInt64 or Int64 => DataType.Int64,
        Bool => DataType.Bool,
        _ => FloatFormat.Of(type) is null ? null : DataType.Float32,
    };

    /// <summary>The type that a tensor has when no file says otherwise.</summary>
    public static int Of(DataType type) => type switch
    {
        DataType.Float32 => Float,
        DataType.Float64 => Double,
        DataType.Int32 => Int32,
        DataType.Int64 => Int64,
        DataType.UInt8 => UInt8,
        DataType.Int8 => Int8,
        _ => Bool,
    };

    /// <summary>The bits of an element in a file; those of less than 8 stand packed, the first in the lowest bits.</summary>
    public static int BitsInFile(int type) => type switch
    {
        UInt2 or Int2 => 2,
        UInt4 or Int4 or Float4E2M1 => 4,
        UInt16 or Int16 or Float16 or BFloat16 => 16,
        Float or Int32 or UInt32 => 32,
        Double or Int64 or UInt64 => 64,
        _ => 8,
    };
}
