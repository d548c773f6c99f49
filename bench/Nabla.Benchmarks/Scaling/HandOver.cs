using System.Diagnostics;
using Nabla.Backends.Cpu;
using Nabla.Benchmarks.SideBySide;

namespace Nabla.Benchmarks.Scaling;

/// <summary>
/// How long it takes until a thread of the pool has taken its half of a job, right after the last job and after a pause: two pieces that wait for each
/// other.
/// </summary>
internal static class HandOver
{
    private const int Calls = 2000;
    private const int LongestWait = 1_000_000;
    private static readonly double[] PausesInMicroseconds = [0, 5, 20, 100, 1000, 10_000];

    public static IEnumerable<string[]> Rows() => PausesInMicroseconds.Select(pause =>
        new[] { $"hand-over of a job after {pause:0} us", string.Empty, $"{Threads.Count}", Outcome.Digits(Measure(pause) * 1e6), "us" });

    /// <summary>The seconds of such a job, the median, when the last one was so many microseconds ago.</summary>
    public static double Measure(double pause)
    {
        int calls = pause >= 1000 ? Calls / 20 : Calls;
        double[] seconds = new double[calls];
        int[] met = new int[1];
        for (int call = 0; call < calls; call++)
        {
            met[0] = 0;
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalMicroseconds < pause;)
            {
                Thread.SpinWait(4);
            }

            long begin = Stopwatch.GetTimestamp();
            WorkerPool.Run(2, new Meeting(met));
            seconds[call] = (double)(Stopwatch.GetTimestamp() - begin) / Stopwatch.Frequency;
        }

        Array.Sort(seconds);
        return seconds[calls / 2];
    }

    // Where another process has the core the pieces do not wait for ever.
    private readonly struct Meeting(int[] met) : IPieceBody
    {
        public void Run(int piece)
        {
            Interlocked.Increment(ref met[0]);
            for (int spin = 0; spin < LongestWait && Volatile.Read(ref met[0]) < 2; spin++)
            {
                Thread.SpinWait(1);
            }
        }
    }
}
