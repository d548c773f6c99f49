namespace Nabla;

/// <summary>The type of a tensor's elements.</summary>
public enum DataType
{
    /// <summary>32-bit floating point; what networks compute in.</summary>
    Float32,

    /// <summary>64-bit floating point; for checks of gradients and for numerical work.</summary>
    Float64,

    /// <summary>32-bit signed integer; labels and indices.</summary>
    Int32,

    /// <summary>64-bit signed integer.</summary>
    Int64,

    /// <summary>8-bit unsigned integer; raw pixels.</summary>
    UInt8,

    /// <summary>True or false, one byte each (0 or 1).</summary>
    Bool,

    /// <summary>8-bit signed integer; weights of quantised networks.</summary>
    Int8,
}

/// <summary>What is known about a <see cref="DataType"/>.</summary>
public static class DataTypes
{
    extension(DataType dataType)
    {
        /// <summary>The bytes of one element.</summary>
        public int Size => dataType switch
        {
            DataType.Float32 or DataType.Int32 => 4,
            DataType.Float64 or DataType.Int64 => 8,
            _ => 1,
        };

        /// <summary>True for <see cref="DataType.Float32"/> and <see cref="DataType.Float64"/>: the types that have gradients.</summary>
        public bool IsFloating => dataType is DataType.Float32 or DataType.Float64;

        /// <summary>The name that a person reads, such as <c>float32</c>.</summary>
        public string Label => dataType switch
        {
            DataType.Float32 => "float32",
            DataType.Float64 => "float64",
            DataType.Int32 => "int32",
            DataType.Int64 => "int64",
            DataType.UInt8 => "uint8",
            DataType.Int8 => "int8",
            _ => "bool",
        };
    }

    /// <summary>The type of a label such as <c>float32</c>; null where there is none.</summary>
    internal static DataType? Named(string label)
    {
        foreach (DataType type in Enum.GetValues<DataType>())
        {
            if (type.Label == label)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>The data type that holds values of <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is none of float, double, int, long, byte, sbyte and bool.</exception>
    public static DataType Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            return DataType.Float32;
        }

        if (typeof(T) == typeof(double))
        {
            return DataType.Float64;
        }

        if (typeof(T) == typeof(int))
        {
            return DataType.Int32;
        }

        if (typeof(T) == typeof(long))
        {
            return DataType.Int64;
        }

        if (typeof(T) == typeof(byte))
        {
            return DataType.UInt8;
        }

        if (typeof(T) == typeof(sbyte))
        {
            return DataType.Int8;
        }

        return typeof(T) == typeof(bool)
            ? DataType.Bool
            : throw new NotSupportedException($"A tensor holds float, double, int, long, byte, sbyte or bool, not {typeof(T).Name}.");
    }
}
