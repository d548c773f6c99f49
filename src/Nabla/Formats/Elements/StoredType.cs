namespace Nabla.Formats;

/// <summary>
/// The types of elements that files of weights store. A tensor holds seven of them; the others are widened when they are read, each value exactly, and
/// made when they are written, each value rounded to the nearest that the type has, of two equally near ones to the even one.
/// </summary>
public enum StoredType
{
    /// <summary>64-bit floating point; read as float64.</summary>
    Float64,

    /// <summary>32-bit floating point; read as float32.</summary>
    Float32,

    /// <summary>16-bit floating point with 5 bits of exponent (IEEE 754 binary16); read as float32.</summary>
    Float16,

    /// <summary>The upper half of a 32-bit floating-point number; read as float32.</summary>
    BFloat16,

    /// <summary>8-bit floating point with 4 bits of exponent, no infinities, largest 448; read as float32. Source: https://arxiv.org/abs/2209.05433.</summary>
    Float8E4M3,

    /// <summary>8-bit floating point with 5 bits of exponent: the upper half of <see cref="Float16"/>; read as float32.</summary>
    Float8E5M2,

    /// <summary>8 bits of exponent alone, 2 to the power of -127 to 127, for scales; read as float32.</summary>
    Float8E8M0,

    /// <summary>64-bit signed integer; read as int64.</summary>
    Int64,

    /// <summary>32-bit signed integer; read as int32.</summary>
    Int32,

    /// <summary>16-bit signed integer; read as int32.</summary>
    Int16,

    /// <summary>8-bit signed integer; read as int8.</summary>
    Int8,

    /// <summary>64-bit unsigned integer; read as int64, when no value is above 2^63 - 1: a file with a larger one is refused.</summary>
    UInt64,

    /// <summary>32-bit unsigned integer; read as int64.</summary>
    UInt32,

    /// <summary>16-bit unsigned integer; read as int32.</summary>
    UInt16,

    /// <summary>8-bit unsigned integer; read as uint8.</summary>
    UInt8,

    /// <summary>True or false, one byte each (0 or 1); read as bool.</summary>
    Bool,

    /// <summary>Two 32-bit floating-point numbers; read as float32 with one more, last dimension of two: the real and the imaginary part.</summary>
    Complex64,
}

/// <summary>What is known about a <see cref="StoredType"/>.</summary>
internal static class StoredTypes
{
    extension(StoredType type)
    {
        /// <summary>The bytes of one element in a file.</summary>
        public int Size => type switch
        {
            StoredType.Float64 or StoredType.Int64 or StoredType.UInt64 or StoredType.Complex64 => 8,
            StoredType.Float32 or StoredType.Int32 or StoredType.UInt32 => 4,
            StoredType.Float16 or StoredType.BFloat16 or StoredType.Int16 or StoredType.UInt16 => 2,
            _ => 1,
        };

        /// <summary>What bytes are turned when their order is the other one: a complex number has two parts.</summary>
        public int PartSize => type == StoredType.Complex64 ? sizeof(float) : type.Size;

        /// <summary>What a tensor holds the elements as.</summary>
        public DataType InMemory => type switch
        {
            StoredType.Float64 => DataType.Float64,
            StoredType.Int64 or StoredType.UInt64 or StoredType.UInt32 => DataType.Int64,
            StoredType.Int32 or StoredType.Int16 or StoredType.UInt16 => DataType.Int32,
            StoredType.UInt8 => DataType.UInt8,
            StoredType.Int8 => DataType.Int8,
            StoredType.Bool => DataType.Bool,
            _ => DataType.Float32,
        };

        /// <summary>The name that a person reads, such as <c>float16</c>.</summary>
        public string Label => type.ToString().ToLowerInvariant();
    }

    /// <summary>What the elements of a tensor are stored as when nothing else is asked for.</summary>
    public static StoredType Of(DataType type) => type switch
    {
        DataType.Float32 => StoredType.Float32,
        DataType.Float64 => StoredType.Float64,
        DataType.Int32 => StoredType.Int32,
        DataType.Int64 => StoredType.Int64,
        DataType.UInt8 => StoredType.UInt8,
        DataType.Int8 => StoredType.Int8,
        _ => StoredType.Bool,
    };
}

/// <summary>A tensor as a file stores it.</summary>
/// <param name="Element">The type of its elements.</param>
/// <param name="Shape">Its dimensions.</param>
internal readonly record struct StoredTensorType(StoredType Element, Shape Shape)
{
    /// <summary>The bytes that it takes in the file.</summary>
    public long ByteCount => (long)Shape.ElementCount * Element.Size;

    /// <summary>The tensor that it is read as.</summary>
    public TensorType InMemory => new(Element.InMemory, Element == StoredType.Complex64 ? [.. Shape, 2] : Shape);

    /// <summary>As in <c>float16[64, 10]</c>.</summary>
    public override string ToString() => $"{Element.Label}{Shape}";
}
