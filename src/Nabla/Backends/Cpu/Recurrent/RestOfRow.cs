using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>The units of a row behind the last whole vector, to and from places that have room for a whole one.</summary>
internal readonly unsafe struct RestOfRow<T>(int whole, int units)
    where T : unmanaged
{
    /// <summary>Copies them for some gates, with zeros behind.</summary>
    public void Load(T* source, T* target, int gates)
    {
        for (int gate = 0; gate < gates; gate++)
        {
            Span<T> room = new(target + (gate * Vector512<T>.Count), Vector512<T>.Count);
            new Span<T>(source + ((nint)gate * units) + whole, units - whole).CopyTo(room);
            room[(units - whole)..].Clear();
        }
    }

    /// <summary>Copies them back for some gates.</summary>
    public void Store(T* source, T* target, int gates)
    {
        for (int gate = 0; gate < gates; gate++)
        {
            new Span<T>(source + (gate * Vector512<T>.Count), units - whole).CopyTo(new Span<T>(target + ((nint)gate * units) + whole, units - whole));
        }
    }
}
