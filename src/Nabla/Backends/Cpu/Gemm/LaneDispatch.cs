using System.Numerics;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>A kernel that is written once for all element types and vector widths.</summary>
internal interface ILaneBody
{
    void Run<T, TVector, TLanes>()
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TLanes : struct, ILanes<T, TVector>;
}

/// <summary>Runs a kernel with the types for an element type and a vector width.</summary>
internal static class LaneDispatch
{
    /// <summary>Runs <paramref name="body"/> with the widest vectors for float32, or for float64.</summary>
    public static void Run<TBody>(DataType dataType, TBody body)
        where TBody : struct, ILaneBody
    {
        if (dataType == DataType.Float32)
        {
            Run<float, TBody>(body, Lanes.Widest);
        }
        else
        {
            Run<double, TBody>(body, Lanes.Widest);
        }
    }

    /// <summary>Runs <paramref name="body"/> for <typeparamref name="T"/>, which is <see cref="float"/> or <see cref="double"/>.</summary>
    public static void Run<T, TBody>(TBody body, LaneWidth width)
        where T : unmanaged
        where TBody : struct, ILaneBody
    {
        switch (width)
        {
            case LaneWidth.Bits512 when typeof(T) == typeof(float): body.Run<float, Vector512<float>, Float512>(); break;
            case LaneWidth.Bits256 when typeof(T) == typeof(float): body.Run<float, Vector256<float>, Float256>(); break;
            case LaneWidth.Bits128 when typeof(T) == typeof(float): body.Run<float, Vector128<float>, Float128>(); break;
            case LaneWidth.Bits512 when typeof(T) == typeof(double): body.Run<double, Vector512<double>, Double512>(); break;
            case LaneWidth.Bits256 when typeof(T) == typeof(double): body.Run<double, Vector256<double>, Double256>(); break;
            case LaneWidth.Bits128 when typeof(T) == typeof(double): body.Run<double, Vector128<double>, Double128>(); break;
            default: throw new NotSupportedException($"{typeof(T).Name} has no kernel here: convert to float or double first.");
        }
    }
}
