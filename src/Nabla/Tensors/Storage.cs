using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>
/// The memory behind tensors: an aligned piece of a pinned array. Large pieces come from <see cref="StoragePool"/> and go
/// back to it when no tensor refers to them any more; small ones are carved from a slab that the collector takes as a whole.
/// </summary>
internal sealed unsafe class Storage
{
    private readonly byte[] block;
    private readonly StorageLease? lease;
    private readonly Storage? owner;

    private Storage(byte[] block, byte* pointer, long byteCount, StorageLease? lease = null, Storage? owner = null)
    {
        this.block = block;
        this.lease = lease;
        this.owner = owner;
        Pointer = pointer;
        ByteCount = byteCount;
    }

    /// <summary>The first byte; valid while this object is reachable.</summary>
    public byte* Pointer { get; }

    public long ByteCount { get; }

    /// <summary>Memory of undefined content.</summary>
    public static Storage Allocate(long byteCount)
    {
        if (byteCount <= StoragePool.LargestSmall)
        {
            (byte[] slab, int offset) = StoragePool.Carve((int)byteCount);
            byte* start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(slab, offset);
            return new Storage(slab, start, byteCount);
        }

        StorageLease lease = StoragePool.Rent(byteCount);
        int alignment = StoragePool.AlignmentOf(byteCount);
        byte* aligned = (byte*)((Marshal.UnsafeAddrOfPinnedArrayElement(lease.Block, 0) + alignment - 1) & -alignment);
        Storage storage = new(lease.Block, aligned, byteCount, lease);
        StoragePool.Begin(lease, storage);
        return storage;
    }

    /// <summary>
    /// Keeps the memory out of the pool for ever: a span of it was handed out, which may outlive this object. The span itself keeps
    /// the array alive.
    /// </summary>
    public void Expose()
    {
        owner?.Expose();
        lease?.Expose();
    }

    /// <summary>A part of this memory, which lives as long as the part does.</summary>
    public Storage Slice(long offset, long byteCount) => offset >= 0 && byteCount >= 0 && offset + byteCount <= ByteCount
        ? new Storage(block, Pointer + offset, byteCount, owner: this)
        : throw new ArgumentOutOfRangeException(nameof(offset), offset, $"A memory of {ByteCount} bytes has no part of {byteCount} bytes there.");

    /// <summary>The memory as a span that keeps the array alive.</summary>
    public Span<byte> Span()
    {
        Expose();
        int offset = (int)(Pointer - (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(block, 0));
        return block.AsSpan(offset, (int)ByteCount);
    }
}
