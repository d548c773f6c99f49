using System.Diagnostics;
using Nabla.Backends.Cpu;
using Nabla.Benchmarks.SideBySide;

namespace Nabla.Benchmarks.Scaling;

/// <summary>What it costs to share work with a thread of the pool: a job of two empty pieces, right after the last one and after a pause.</summary>
internal static class HandOver
{
    private const int Calls = 2000;
    private static readonly double[] PausesInMicroseconds = [0, 5, 20, 100, 1000, 10_000];

    public static IEnumerable<string[]> Rows() => PausesInMicroseconds.Select(pause =>
        new[] { $"hand-over of a job after {pause:0} us", string.Empty, $"{Threads.Count}", Outcome.Digits(Measure(pause) * 1e6), "us" });

    /// <summary>The seconds of a job of two empty pieces, the median, when the last job was so many microseconds ago.</summary>
    public static double Measure(double pause)
    {
        int calls = pause >= 1000 ? Calls / 20 : Calls;
        double[] seconds = new double[calls];
        for (int call = 0; call < calls; call++)
        {
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalMicroseconds < pause;)
            {
                Thread.SpinWait(4);
            }

            long begin = Stopwatch.GetTimestamp();
            WorkerPool.Run(2, default(Nothing));
            seconds[call] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[calls / 2];
    }

    private readonly struct Nothing : IPieceBody
    {
        public void Run(int piece)
        {
        }
    }
}
