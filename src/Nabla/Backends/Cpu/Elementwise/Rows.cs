using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>Loads and stores the last lanes of a row without touching what is behind it.</summary>
internal static unsafe class Rows
{
    /// <summary>The first <paramref name="count"/> lanes from memory; the others repeat the first, so that no lane faults or is slow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LoadFirst<T>(T* source, int count)
        where T : unmanaged
    {
        if (Avx512F.IsSupported && sizeof(T) == 4)
        {
            Vector512<int> mask = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count));
            return Avx512F.MaskLoad((int*)source, mask, Vector512.Create(*(int*)source)).As<int, T>();
        }

        if (Avx512F.IsSupported && sizeof(T) == 8)
        {
            Vector512<long> mask = Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)count));
            return Avx512F.MaskLoad((long*)source, mask, Vector512.Create(*(long*)source)).As<long, T>();
        }

        return CopyFirst(source, count);
    }

    /// <summary>Stores the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst<T>(Vector512<T> lanes, T* target, int count)
        where T : unmanaged
    {
        if (Avx512F.IsSupported && sizeof(T) == 4)
        {
            Avx512F.MaskStore((int*)target, Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)), lanes.As<T, int>());
        }
        else if (Avx512F.IsSupported && sizeof(T) == 8)
        {
            Avx512F.MaskStore((long*)target, Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)count)), lanes.As<T, long>());
        }
        else
        {
            Unsafe.CopyBlockUnaligned(target, &lanes, (uint)(count * sizeof(T)));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<T> CopyFirst<T>(T* source, int count)
        where T : unmanaged
    {
        Vector512<T> lanes = Vector512.Create(*source);
        Unsafe.CopyBlockUnaligned(&lanes, source, (uint)(count * sizeof(T)));
        return lanes;
    }
}
