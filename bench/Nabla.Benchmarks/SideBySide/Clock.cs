using System.Diagnostics;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>What time is measured by.</summary>
/// <param name="CountsProcessor">
/// Whether only the processor time of this process counts, shared by <paramref name="Threads"/>: on a machine that others use too, the
/// clock on the wall says more about them. It does not see threads that wait, so it flatters work that does not spread well.
/// </param>
/// <param name="Threads">How many threads compute.</param>
internal sealed record Clock(bool CountsProcessor, int Threads)
{
    public double Now => CountsProcessor
        ? Environment.CpuUsage.TotalTime.TotalSeconds / Threads
        : (double)Stopwatch.GetTimestamp() / Stopwatch.Frequency;
}
