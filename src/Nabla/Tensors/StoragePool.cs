namespace Nabla;

/// <summary>
/// Keeps the blocks of dead tensors for the next ones. A fresh block costs page faults, which is what makes large elementwise ops slow
/// in eager frameworks. The collector does not see how much memory waits to be returned, so the pool starts a collection by itself
/// when much was handed out since the last.
/// </summary>
internal static class StoragePool
{
    /// <summary>Storages up to this many bytes are carved from slabs.</summary>
    public const int LargestSmall = 4096;

    private const int SlabSize = 1 << 16;
    private const int Alignment = 64;
    private const int Page = 4096;
    private const int SmallestPaged = 8 * Page;
    private const long CollectAfter = 128L << 20;
    private const int ClassesPerDoubling = 4;

    private static readonly Stack<byte[]>[] Free = CreateClasses();
    private static long handedOut;

    [ThreadStatic]
    private static byte[]? slab;

    [ThreadStatic]
    private static int slabUsed;

    /// <summary>
    /// What the address of a storage is a multiple of. Large ones begin at a page: then elements of the same index have the same place within a page
    /// in all of them, and a loop never loads what its processor takes for the line it has just stored, which would make it wait each time.
    /// </summary>
    public static int AlignmentOf(long byteCount) => byteCount >= SmallestPaged ? Page : Alignment;

    /// <summary>A piece of the thread's slab: the array and the offset of its first aligned byte.</summary>
    public static unsafe (byte[] Slab, int Offset) Carve(int byteCount)
    {
        int size = Math.Max(Alignment, (byteCount + Alignment - 1) & -Alignment);
        if (slab is null || slabUsed + size > slab.Length)
        {
            slab = GC.AllocateUninitializedArray<byte>(SlabSize, pinned: true);
            long address = System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(slab, 0);
            slabUsed = (int)(-address & (Alignment - 1));
        }

        int offset = slabUsed;
        slabUsed += size;
        return (slab, offset);
    }

    /// <summary>A block of at least <paramref name="byteCount"/> bytes plus room for alignment.</summary>
    public static byte[] Rent(long byteCount)
    {
        int index = ClassOf(byteCount + AlignmentOf(byteCount));
        long size = SizeOf(index);
        long since = Interlocked.Add(ref handedOut, size);
        if (TryTake(index) is { } reused)
        {
            return reused;
        }

        if (since > CollectAfter)
        {
            Interlocked.Exchange(ref handedOut, 0);
            GC.Collect(1, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
            if (TryTake(index) is { } returned)
            {
                return returned;
            }
        }

        return size <= Array.MaxLength
            ? GC.AllocateUninitializedArray<byte>((int)size, pinned: true)
            : GC.AllocateUninitializedArray<byte>(checked((int)(byteCount + AlignmentOf(byteCount))), pinned: true);
    }

    /// <summary>Takes a block back. Called by finalizers.</summary>
    public static void Return(byte[] block)
    {
        int index = ClassOf(block.Length);
        if (SizeOf(index) != block.Length)
        {
            return;
        }

        Stack<byte[]> free = Free[index];
        lock (free)
        {
            free.Push(block);
        }
    }

    private static byte[]? TryTake(int index)
    {
        Stack<byte[]> free = Free[index];
        lock (free)
        {
            return free.TryPop(out byte[]? block) ? block : null;
        }
    }

    // Four sizes between one power of two and the next: at most a fifth of a block is unused.
    private static int ClassOf(long size)
    {
        int log = System.Numerics.BitOperations.Log2((ulong)(size - 1));
        long step = Math.Max(1, (1L << log) / ClassesPerDoubling);
        int part = (int)((size - 1 - (1L << log)) / step) + 1;
        return (log * ClassesPerDoubling) + part;
    }

    private static long SizeOf(int index)
    {
        int log = (index - 1) / ClassesPerDoubling;
        int part = index - (log * ClassesPerDoubling);
        return (1L << log) + (part * Math.Max(1, (1L << log) / ClassesPerDoubling));
    }

    private static Stack<byte[]>[] CreateClasses()
    {
        Stack<byte[]>[] classes = new Stack<byte[]>[(40 * ClassesPerDoubling) + 1];
        for (int index = 0; index < classes.Length; index++)
        {
            classes[index] = new Stack<byte[]>();
        }

        return classes;
    }
}
