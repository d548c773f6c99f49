using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>
/// Stores that pass the caches by. A result larger than the last cache has left it before anything reads it; stored past the caches its old
/// content need not be read first, which saves a third of the traffic of a function of one input. A result that fits is better kept in the cache.
/// </summary>
internal static unsafe class Streaming
{
    private const long LeastBytes = 32L << 20;
    private const nuint LineMask = 63;

    /// <summary>Whether a result is so large; never when it lies over an input, whose lines are in the cache anyway.</summary>
    public static bool Pays(Tensor output, params ReadOnlySpan<Tensor> inputs)
    {
        if (output.Type.ByteCount < LeastBytes)
        {
            return false;
        }

        foreach (Tensor input in inputs)
        {
            if (input.Storage.Pointer == output.Storage.Pointer)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a result and the input it is computed from, line by line, do not fit into the last cache together; never when they are one.</summary>
    public static bool PaysBeside(Tensor output, Tensor input) =>
        output.Type.ByteCount + input.Type.ByteCount >= LeastBytes && input.Storage.Pointer != output.Storage.Pointer;

    /// <summary>Whether such stores may begin at an address.</summary>
    public static bool CanBegin(void* target) => ((nuint)target & LineMask) == 0;

    /// <summary>Stores a whole line, past the caches or into them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector512<T> lanes, T* target, bool streams)
        where T : unmanaged
    {
        if (streams)
        {
            lanes.StoreAlignedNonTemporal(target);
        }
        else
        {
            lanes.Store(target);
        }
    }

    /// <summary>Lets all threads see what was stored past the caches.</summary>
    public static void End()
    {
        if (Sse.IsSupported)
        {
            Sse.StoreFence();
        }
        else
        {
            Interlocked.MemoryBarrier();
        }
    }
}
