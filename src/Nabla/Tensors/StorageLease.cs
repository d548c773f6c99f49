using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>
/// A block of the pool and the storage that has it: the pool sees by a weak reference when the collector has found the storage dead. One
/// that watches resurrection too, because whoever brings a tensor back to life in a finalizer must find its elements.
/// </summary>
/// <param name="block">The memory.</param>
internal sealed class StorageLease(byte[] block)
{
    private GCHandle holder = GCHandle.Alloc(null, GCHandleType.WeakTrackResurrection);
    private volatile bool exposed;

    /// <summary>The memory.</summary>
    public byte[] Block { get; } = block;

    /// <summary>Whether a span of the memory was handed out, which may outlive the storage: the pool lets go of the block.</summary>
    public bool IsExposed => exposed;

    /// <summary>Whether no storage has the block any more.</summary>
    public bool IsOver => holder.Target is null;

    /// <summary>Gives the block to a storage.</summary>
    public void Begin(Storage storage) => holder.Target = storage;

    /// <summary>Says that a span was handed out.</summary>
    public void Expose() => exposed = true;

    /// <summary>Frees the weak reference; the block is the collector's then.</summary>
    public void Release() => holder.Free();
}
