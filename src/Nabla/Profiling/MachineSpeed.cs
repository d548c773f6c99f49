using System.Diagnostics;
using Nabla.Backends.Cpu.Speed;

namespace Nabla.Profiling;

/// <summary>What the machine can do at most with the threads that compute, measured now: what figures of kernels are set against.</summary>
/// <param name="Arithmetic">Float32 additions and multiplications in 10^9 per second, of chains of fused multiply-adds in registers.</param>
/// <param name="Memory">Bytes read and written in 10^9 per second, of a sum of two arrays that are in no cache.</param>
public sealed record MachineSpeed(double Arithmetic, double Memory)
{
    private const int Tries = 5;

    /// <summary>Measures both for some tenths of a second; the best of several tries counts.</summary>
    public static MachineSpeed Measure()
    {
        Tensor[] arrays = MemoryBandwidth.Arrays();
        return new MachineSpeed(Best(() => ArithmeticPeak.Work(Threads.Count)), Best(() => MemoryBandwidth.Work(arrays)));
    }

    private static double Best(Func<double> work)
    {
        double best = 0;
        for (int attempt = 0; attempt <= Tries; attempt++)
        {
            long start = Stopwatch.GetTimestamp();
            double done = work();
            best = Math.Max(best, done / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }
}
