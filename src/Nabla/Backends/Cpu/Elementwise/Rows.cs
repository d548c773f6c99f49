using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>Loads and stores the last lanes of a row without touching what is behind it.</summary>
internal static unsafe class Rows
{
    /// <summary>The first <paramref name="count"/> lanes from memory; the others repeat the first, so that no lane faults or is slow.</summary>
    public static Vector512<T> LoadFirst<T>(T* source, int count)
        where T : unmanaged
    {
        Vector512<T> lanes = Vector512.Create(*source);
        Unsafe.CopyBlockUnaligned(&lanes, source, (uint)(count * sizeof(T)));
        return lanes;
    }

    /// <summary>Stores the first <paramref name="count"/> lanes.</summary>
    public static void StoreFirst<T>(Vector512<T> lanes, T* target, int count)
        where T : unmanaged => Unsafe.CopyBlockUnaligned(target, &lanes, (uint)(count * sizeof(T)));
}
