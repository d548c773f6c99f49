using System.Numerics;
using System.Runtime.InteropServices;

namespace Nabla.Tests.Backends.Cpu;

/// <summary>Memory between two margins that a kernel must leave as they are.</summary>
internal sealed unsafe class Guarded<T> : IDisposable
    where T : unmanaged, INumberBase<T>
{
    private const int Margin = 64;
    private readonly T* memory;
    private readonly int length;

    public Guarded(int length)
    {
        this.length = length;
        memory = (T*)NativeMemory.Alloc((nuint)(length + (2 * Margin)), (nuint)sizeof(T));
        new Span<byte>(memory, (length + (2 * Margin)) * sizeof(T)).Fill(0xA5);
    }

    public T* Pointer => memory + Margin;

    public Span<T> Span => new(Pointer, length);

    /// <summary>Numbers between -1 and 1, the same for the same seed.</summary>
    public static Guarded<T> Random(int length, int seed)
    {
        Guarded<T> guarded = new(length);
        Random random = new(seed);
        foreach (ref T value in guarded.Span)
        {
            value = T.CreateTruncating((random.NextDouble() * 2) - 1);
        }

        return guarded;
    }

    public Guarded<T> Copy()
    {
        Guarded<T> copy = new(length);
        Span.CopyTo(copy.Span);
        return copy;
    }

    public void AssertMarginsUntouched()
    {
        byte[] expected = [.. Enumerable.Repeat((byte)0xA5, Margin * sizeof(T))];
        Assert.Equal(expected, MemoryMarshal.AsBytes(new Span<T>(memory, Margin)).ToArray());
        Assert.Equal(expected, MemoryMarshal.AsBytes(new Span<T>(memory + Margin + length, Margin)).ToArray());
    }

    public void Dispose() => NativeMemory.Free(memory);
}
