namespace Nabla;

/// <summary>How many threads compute.</summary>
public static class Threads
{
    /// <summary>The threads that take part, the caller included: one a core by default. Any number gives the same bits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public static int Count
    {
        get => Backends.Cpu.WorkerPool.ThreadCount;
        set => Backends.Cpu.WorkerPool.ThreadCount = value;
    }
}
