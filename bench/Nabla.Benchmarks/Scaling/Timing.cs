using System.Diagnostics;

namespace Nabla.Benchmarks.Scaling;

/// <summary>Times work that is done again and again.</summary>
internal static class Timing
{
    private const double WarmUpSeconds = 0.15;
    private const double Seconds = 0.1;
    private const int Rounds = 3;

    /// <summary>The seconds of one call: the median of several rounds, after a warm-up.</summary>
    public static double Of(Action call)
    {
        Stopwatch watch = Stopwatch.StartNew();
        int warm = 0;
        for (; warm < 2 || watch.Elapsed.TotalSeconds < WarmUpSeconds; warm++)
        {
            call();
        }

        int calls = Math.Max(1, (int)(Seconds * warm / watch.Elapsed.TotalSeconds));
        return Enumerable.Range(0, Rounds).Select(_ => Round(call, calls)).Order().ElementAt(Rounds / 2);
    }

    private static double Round(Action call, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int index = 0; index < calls; index++)
        {
            call();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
    }
}
