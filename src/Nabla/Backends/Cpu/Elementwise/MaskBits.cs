using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>Goes between 64 booleans, one byte each, the 64 bits of a number, and vectors of masks.</summary>
internal static unsafe class MaskBits
{
    /// <summary>How many booleans are done at once.</summary>
    public const int Block = 64;

    private static Vector512<byte> ByteOfLane => Vector512.Create(
        0UL, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303, 0x0404040404040404, 0x0505050505050505, 0x0606060606060606, 0x0707070707070707).AsByte();

    private static Vector512<byte> BitOfLane => Vector512.Create(0x8040201008040201UL).AsByte();

    /// <summary>A boolean for each bit, the lowest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ToBooleans(ulong bits)
    {
        Vector512<byte> spread = Vector512.Shuffle(Vector512.Create(bits).AsByte(), ByteOfLane);
        return Vector512.Min(spread & BitOfLane, Vector512<byte>.One);
    }

    /// <summary>A bit for each boolean.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FromBooleans(Vector512<byte> booleans) => Vector512.GreaterThan(booleans, Vector512<byte>.Zero).ExtractMostSignificantBits();

    /// <summary>A vector with all bits set in the lanes whose bit is set; the lowest bit is the first lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> ToMask<T>(ulong bits)
        where T : unmanaged
    {
        if (sizeof(T) == 8)
        {
            Vector512<ulong> lanes = Vector512.Create(1UL, 2, 4, 8, 16, 32, 64, 128);
            return Vector512.Equals(Vector512.Create(bits) & lanes, lanes).As<ulong, T>();
        }

        if (sizeof(T) == 4)
        {
            Vector512<uint> lanes = Vector512.Create(1u, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
            return Vector512.Equals(Vector512.Create((uint)bits) & lanes, lanes).As<uint, T>();
        }

        return Vector512.GreaterThan(ToBooleans(bits), Vector512<byte>.Zero).As<byte, T>();
    }

    /// <summary>Lanes with all bits set where a boolean is true, and none elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Expand<T>(byte* booleans, T* masks, int count)
        where T : unmanaged
    {
        int index = 0;
        for (; index <= count - Block; index += Block)
        {
            ulong bits = FromBooleans(Vector512.Load(booleans + index));
            for (int part = index; part < index + Block; part += Vector512<T>.Count)
            {
                ToMask<T>(bits >> (part - index)).Store(masks + part);
            }
        }

        T all = Vector128<T>.AllBitsSet.GetElement(0);
        for (; index < count; index++)
        {
            masks[index] = booleans[index] != 0 ? all : default;
        }
    }

    /// <summary>A boolean for each lane of <see cref="Expand"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Compress<T>(T* masks, byte* booleans, int count)
        where T : unmanaged
    {
        int index = 0;
        for (; index <= count - Block; index += Block)
        {
            ulong bits = 0;
            for (int part = 0; part < Block; part += Vector512<T>.Count)
            {
                bits |= Vector512.Load(masks + index + part).ExtractMostSignificantBits() << part;
            }

            ToBooleans(bits).Store(booleans + index);
        }

        for (; index < count; index++)
        {
            booleans[index] = (byte)(*(byte*)(masks + index) & 1);
        }
    }
}
