using System.Diagnostics;
using Nabla.Backends.Cpu.Speed;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>
/// Lets both sides of a duel take turns, so that whatever else the machine does meets both alike, and takes medians over the rounds.
/// </summary>
/// <param name="Threads">How many threads each side has.</param>
/// <param name="Rounds">How many turns each side has.</param>
/// <param name="Seconds">How long a turn takes.</param>
/// <param name="Clock">What a turn is timed by.</param>
internal sealed record Match(int Threads, int Rounds, double Seconds, Clock Clock)
{
    // Code is compiled in tiers, after some calls and in the background; pools and caches fill.
    private const double WarmUpSeconds = 0.5;
    private const int FewestWarmUpCalls = 3;
    private const int PeakRuns = 12;

    // libtorch's workers go on spinning for some milliseconds after their last work.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(15);

    public void SetThreads()
    {
        Nabla.Threads.Count = Threads;
        torch.set_num_threads(Threads);
    }

    /// <summary>Plays all rounds.</summary>
    public IEnumerable<Row> Play(Duel duel)
    {
        Action libtorch = () => Dispose(duel.Libtorch());
        Action nabla = () => duel.Nabla();
        (int nablaCalls, int libtorchCalls) = (WarmUp(nabla), WarmUp(libtorch));
        List<(double Nabla, double Libtorch, double Peak)> rounds = [];
        for (int round = 0; round < Rounds; round++)
        {
            double peak = duel.ComparesWithPeak ? PeakNow() : 0;
            rounds.Add((Time(nabla, nablaCalls), Time(libtorch, libtorchCalls), peak));
        }

        Metric metric = duel.Metric;
        double ours = Median(rounds.Select(round => metric.Figure(round.Nabla)));
        double theirs = Median(rounds.Select(round => metric.Figure(round.Libtorch)));
        yield return new Row(duel.Case, duel.Variant, Threads, metric.Name, ours, theirs, Median(rounds.Select(round => round.Libtorch / round.Nabla)));
        if (duel.ComparesWithPeak)
        {
            ours = Median(rounds.Select(round => 100 * metric.Figure(round.Nabla) / round.Peak));
            theirs = Median(rounds.Select(round => 100 * metric.Figure(round.Libtorch) / round.Peak));
            double peak = Median(rounds.Select(round => round.Peak));
            yield return new Row(duel.Case, duel.Variant, Threads, FormattableString.Invariant($"% of peak {peak:F0}"), ours, theirs, ours / theirs);
        }
    }

    /// <summary>Calls until the work runs at its full speed; returns how many calls fill a turn.</summary>
    private int WarmUp(Action call)
    {
        Stopwatch watch = Stopwatch.StartNew();
        int calls = 0;
        for (; calls < FewestWarmUpCalls || watch.Elapsed.TotalSeconds < WarmUpSeconds; calls++)
        {
            call();
        }

        return Math.Max(1, (int)(Seconds / Time(call, Math.Max(1, calls / 10))));
    }

    /// <summary>The seconds of one call.</summary>
    private double Time(Action call, int calls)
    {
        Thread.Sleep(Rest);
        double start = Clock.Now;
        for (int index = 0; index < calls; index++)
        {
            call();
        }

        return (Clock.Now - start) / calls;
    }

    /// <summary>GFLOP/s of float32: the best of several short runs, since the first one wakes the threads and whatever disturbs one makes it slower.</summary>
    private double PeakNow()
    {
        Thread.Sleep(Rest);
        double best = 0;
        for (int run = 0; run < PeakRuns; run++)
        {
            double start = Clock.Now;
            double work = ArithmeticPeak.Work(Threads);
            best = Math.Max(best, work / (Clock.Now - start) / 1e9);
        }

        return best;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static void Dispose(torch.Tensor[] answers)
    {
        foreach (torch.Tensor answer in answers)
        {
            answer.Dispose();
        }
    }
}
