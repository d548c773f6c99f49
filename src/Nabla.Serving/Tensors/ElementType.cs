namespace Nabla.Serving.Tensors;

/// <summary>The element types of the Open Inference Protocol, version 2.</summary>
internal enum ElementType
{
    Bool,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Int8,
    Int16,
    Int32,
    Int64,
    Float16,
    BFloat16,
    Float32,
    Float64,
    Bytes,
}

/// <summary>What is known about an <see cref="ElementType"/>.</summary>
internal static class ElementTypes
{
    private static readonly string[] Names =
        ["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "BF16", "FP32", "FP64", "BYTES"];

    private static readonly int?[] Sizes = [1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 4, 8, null];

    extension(ElementType type)
    {
        /// <summary>The name that the protocol has, such as <c>FP32</c>.</summary>
        public string Name => Names[(int)type];

        /// <summary>The bytes of an element; null where elements differ in length.</summary>
        public int? Size => Sizes[(int)type];

        /// <summary>Whether an element can be no number, or infinite.</summary>
        public bool IsFloating => type is ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 or ElementType.Float64;
    }

    /// <summary>All names, for errors.</summary>
    public static string All { get; } = string.Join(", ", Names);

    /// <summary>The type of a name; null for another text.</summary>
    public static ElementType? Parse(ReadOnlySpan<char> name)
    {
        for (int index = 0; index < Names.Length; index++)
        {
            if (name.SequenceEqual(Names[index]))
            {
                return (ElementType)index;
            }
        }

        return null;
    }

    /// <summary>What the elements of a tensor are called.</summary>
    public static ElementType Of(DataType type) => type switch
    {
        DataType.Float32 => ElementType.Float32,
        DataType.Float64 => ElementType.Float64,
        DataType.Int32 => ElementType.Int32,
        DataType.Int64 => ElementType.Int64,
        DataType.UInt8 => ElementType.UInt8,
        DataType.Int8 => ElementType.Int8,
        _ => ElementType.Bool,
    };
}
