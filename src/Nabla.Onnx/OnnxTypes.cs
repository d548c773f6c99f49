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
        [17] = "float8e4m3fn",
        [18] = "float8e4m3fnuz",
        [19] = "float8e5m2",
        [20] = "float8e5m2fnuz",
        [21] = "uint4",
        [22] = "int4",
        [23] = "float4e2m1",
        [24] = "float8e8m0",
        [25] = "uint2",
        [26] = "int2",
    };

    /// <summary>What a person calls a type.</summary>
    public static string NameOf(int type) => Names.GetValueOrDefault(type, $"type {type}");

    /// <summary>The type in memory: small integers and floats are widened to the next that tensors have; null where there is none.</summary>
    public static DataType? InMemory(int type) => type switch
    {
        Float or Float16 or BFloat16 => DataType.Float32,
        Double => DataType.Float64,
        UInt8 => DataType.UInt8,
        Int8 or Int16 or UInt16 or Int32 => DataType.Int32,
        UInt32 or UInt64 or Int64 => DataType.Int64,
        Bool => DataType.Bool,
        _ => null,
    };

    /// <summary>The bytes of an element in a file; null where elements have no fixed size.</summary>
    public static int? SizeInFile(int type) => type switch
    {
        UInt8 or Int8 or Bool => 1,
        UInt16 or Int16 or Float16 or BFloat16 => 2,
        Float or Int32 or UInt32 => 4,
        Double or Int64 or UInt64 => 8,
        _ => null,
    };
}
