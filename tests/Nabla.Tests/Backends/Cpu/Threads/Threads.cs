using Nabla.Backends.Cpu;

namespace Nabla.Tests.Backends.Cpu;

/// <summary>Runs a test with a given number of threads. Classes that use it share the collection of the pool.</summary>
internal static class Threads
{
    /// <summary>The thread counts whose results must not differ by a bit.</summary>
    public static readonly int[] Counts = [1, 2, 3];

    public static void With(int threads, Action test)
    {
        int before = WorkerPool.ThreadCount;
        WorkerPool.ThreadCount = threads;
        try
        {
            test();
        }
        finally
        {
            WorkerPool.ThreadCount = before;
        }
    }
}

[CollectionDefinition(nameof(WorkerPool))]
public sealed class WorkerPoolCollection;
