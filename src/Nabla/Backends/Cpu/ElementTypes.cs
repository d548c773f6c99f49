using System.Numerics;

namespace Nabla.Backends.Cpu;

/// <summary>A kernel that is written once for all types of element.</summary>
internal interface INumberBody
{
    void Run<T>()
        where T : unmanaged, INumber<T>;
}

/// <summary>A kernel that is written once for both floating-point types.</summary>
internal interface IFloatingBody
{
    void Run<T>()
        where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>A kernel that moves elements and asks only how many bytes they have.</summary>
internal interface IMovingBody
{
    void Run<T>()
        where T : unmanaged;
}

/// <summary>Runs kernels with the type that a tensor's elements have.</summary>
internal static class ElementTypes
{
    /// <summary>Runs a kernel for numbers; true and false are the bytes 1 and 0.</summary>
    public static void Number<TBody>(DataType dataType, TBody body)
        where TBody : struct, INumberBody
    {
        switch (dataType)
        {
            case DataType.Float32: body.Run<float>(); break;
            case DataType.Float64: body.Run<double>(); break;
            case DataType.Int32: body.Run<int>(); break;
            case DataType.Int64: body.Run<long>(); break;
            case DataType.Int8: body.Run<sbyte>(); break;
            default: body.Run<byte>(); break;
        }
    }

    /// <summary>Runs a kernel for float32 or float64.</summary>
    public static void Floating<TBody>(DataType dataType, TBody body)
        where TBody : struct, IFloatingBody
    {
        if (dataType == DataType.Float32)
        {
            body.Run<float>();
        }
        else
        {
            body.Run<double>();
        }
    }

    /// <summary>Runs a kernel for elements of 1, 4 or 8 bytes.</summary>
    public static void Moving<TBody>(DataType dataType, TBody body)
        where TBody : struct, IMovingBody
    {
        switch (dataType.Size)
        {
            case 8: body.Run<long>(); break;
            case 4: body.Run<int>(); break;
            default: body.Run<byte>(); break;
        }
    }
}
