// Sixteen bytes as sixteen int32 lanes and back. Vector512 stands for 64 bytes on any machine; where registers are narrower the runtime splits it.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>Loads and stores bytes, signed or not, as int32 lanes.</summary>
internal static unsafe class ByteLanes
{
    /// <summary>The lanes of a vector.</summary>
    public const int Count = 16;

    /// <summary>The least number of a type of bytes.</summary>
    public static int Least<TByte>() => typeof(TByte) == typeof(byte) ? byte.MinValue : sbyte.MinValue;

    /// <summary>The largest number of a type of bytes.</summary>
    public static int Largest<TByte>() => typeof(TByte) == typeof(byte) ? byte.MaxValue : sbyte.MaxValue;

    /// <summary>One byte as an integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Load<TByte>(TByte* source)
        where TByte : unmanaged => typeof(TByte) == typeof(byte) ? *(byte*)source : *(sbyte*)source;

    /// <summary>An integer within the range as one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TByte>(TByte* target, int value)
        where TByte : unmanaged => *(byte*)target = (byte)value;

    /// <summary>Sixteen bytes as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadVector<TByte>(TByte* source)
        where TByte : unmanaged
    {
        if (typeof(TByte) == typeof(byte))
        {
            (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(Vector128.Load((byte*)source));
            (Vector256<uint> first, Vector256<uint> second) = Vector256.Widen(Vector256.Create(lower, upper));
            return Vector512.Create(first, second).AsInt32();
        }

        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load((sbyte*)source));
        (Vector256<int> even, Vector256<int> odd) = Vector256.Widen(Vector256.Create(low, high));
        return Vector512.Create(even, odd);
    }

    /// <summary>Sixteen integers within the range as bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreVector<TByte>(TByte* target, Vector512<int> values)
        where TByte : unmanaged
    {
        Vector256<short> narrow = Vector256.Narrow(values.GetLower(), values.GetUpper());
        Vector128.Narrow(narrow.GetLower(), narrow.GetUpper()).Store((sbyte*)target);
    }
}
