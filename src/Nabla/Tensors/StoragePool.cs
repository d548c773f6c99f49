using System.Diagnostics.CodeAnalysis;

namespace Nabla;

/// <summary>
/// Keeps the blocks of dead tensors for the next ones. A fresh block costs page faults, which is what makes large elementwise ops slow
/// in eager frameworks. The collector does not see how much memory waits to be returned, so the pool starts a collection by itself
/// when a quarter as much was handed out since the last as lived then: few blocks go round, and they are still in the cache when they come again.
/// </summary>
internal static class StoragePool
{
    /// <summary>Storages up to this many bytes are carved from slabs.</summary>
    public const int LargestSmall = 4096;

    private const int SlabSize = 1 << 16;
    private const int Alignment = 64;
    private const int Page = 4096;
    private const int SmallestPaged = 8 * Page;
    private const long LeastBetweenCollections = 4L << 20;
    private const long FirstFullCollection = 128L << 20;
    private const int ClassesPerDoubling = 4;

    private static readonly Lock Gate = new();
    private static readonly Stack<StorageLease>[] Free = CreateClasses();
    private static readonly List<StorageLease> Leases = [];
    private static long handedOut;
    private static long between = LeastBetweenCollections;
    private static long livedAfterFull;
    private static int collectionsSeen;

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
    public static StorageLease Rent(long byteCount)
    {
        int index = ClassOf(byteCount + AlignmentOf(byteCount));
        long size = SizeOf(index);
        lock (Gate)
        {
            handedOut += size;
            if (Free[index].TryPop(out StorageLease? reused) || TryFind(index, out reused))
            {
                return reused;
            }
        }

        long fitting = size <= Array.MaxLength ? size : byteCount + AlignmentOf(byteCount);
        return new StorageLease(GC.AllocateUninitializedArray<byte>(checked((int)fitting), pinned: true));
    }

    /// <summary>Gives a rented block to a storage, and has it back when the storage is dead.</summary>
    public static void Begin(StorageLease lease, Storage storage)
    {
        lease.Begin(storage);
        lock (Gate)
        {
            Leases.Add(lease);
        }
    }

    // What the collector has found dead by itself comes first, then what it finds when it is made to look.
    private static bool TryFind(int index, [NotNullWhen(true)] out StorageLease? found)
    {
        if (GC.CollectionCount(0) != collectionsSeen)
        {
            TakeBack();
        }

        if (!Free[index].TryPop(out found) && handedOut > between)
        {
            Collect();
            Free[index].TryPop(out found);
        }

        return found is not null;
    }

    // Tensors that lived through two collections are looked at again only when as much has come together as lived after the last look.
    private static void Collect()
    {
        GC.Collect(1, GCCollectionMode.Forced, blocking: true);
        long living = TakeBack();
        if (living > Math.Max(FirstFullCollection, 2 * livedAfterFull))
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true);
            living = livedAfterFull = TakeBack();
        }

        handedOut = 0;
        between = Math.Max(LeastBetweenCollections, living / 4);
    }

    // Sorts the blocks of dead storages into their classes; gives the bytes of the living.
    private static long TakeBack()
    {
        collectionsSeen = GC.CollectionCount(0);
        long living = 0;
        int kept = 0;
        for (int at = 0; at < Leases.Count; at++)
        {
            StorageLease lease = Leases[at];
            int index = ClassOf(lease.Block.Length);
            if (lease.IsExposed || (lease.IsOver && SizeOf(index) != lease.Block.Length))
            {
                lease.Release();
            }
            else if (lease.IsOver)
            {
                Free[index].Push(lease);
            }
            else
            {
                living += lease.Block.Length;
                Leases[kept++] = lease;
            }
        }

        Leases.RemoveRange(kept, Leases.Count - kept);
        return living;
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

    private static Stack<StorageLease>[] CreateClasses()
    {
        Stack<StorageLease>[] classes = new Stack<StorageLease>[(40 * ClassesPerDoubling) + 1];
        for (int index = 0; index < classes.Length; index++)
        {
            classes[index] = new Stack<StorageLease>();
        }

        return classes;
    }
}
