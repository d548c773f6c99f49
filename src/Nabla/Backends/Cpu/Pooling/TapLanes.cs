using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu.Pooling;

/// <summary>Reads and writes 16 taps, which are bytes or int32 in memory.</summary>
internal static unsafe class TapLanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load<TTap>(TTap* taps)
        where TTap : unmanaged
    {
        if (sizeof(TTap) == sizeof(int))
        {
            return Vector512.Load((int*)taps);
        }

        Vector128<byte> bytes = Vector128.Load((byte*)taps);
        if (Avx512F.IsSupported)
        {
            return Avx512F.ConvertToVector512Int32(bytes);
        }

        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(bytes);
        (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
        (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
        return Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d)).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TTap>(Vector512<int> taps, TTap* target)
        where TTap : unmanaged
    {
        if (sizeof(TTap) == sizeof(int))
        {
            taps.Store((int*)target);
        }
        else if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128Byte(taps).Store((byte*)target);
        }
        else
        {
            Vector256<ushort> words = Vector256.Narrow(taps.GetLower().AsUInt32(), taps.GetUpper().AsUInt32());
            Vector128.Narrow(words.GetLower(), words.GetUpper()).Store((byte*)target);
        }
    }
}
