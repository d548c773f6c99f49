using System.Diagnostics;
using Nabla.Backends.Cpu.Speed;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>
/// Lets all sides of a duel take turns, so that whatever else the machine does meets them alike, and takes medians over the rounds.
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
    private const int MostWaits = 200;

    // The threads of some peers go on spinning for tenths of a second after their last work, and would take a core from whoever is next.
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(1);

    public void SetThreads()
    {
        Nabla.Threads.Count = Threads;
        torch.set_num_threads(Threads);
    }

    /// <summary>Plays all rounds.</summary>
    public Outcome Play(Duel duel)
    {
        Action nabla = () => duel.Nabla();
        Action[] sides = [nabla, .. duel.Rivals.Select(rival => rival.Call)];
        int[] calls = Array.ConvertAll(sides, side => WarmUp(side, duel.Metric));
        List<double[]> rounds = [];
        List<double> peaks = [];
        for (int round = 0; round < Rounds; round++)
        {
            if (duel.ComparesWithPeak)
            {
                peaks.Add(PeakNow());
            }

            rounds.Add([.. sides.Select((side, index) => Time(side, calls[index], duel.Metric))]);
        }

        return Judge(duel, rounds, peaks);
    }

    private Outcome Judge(Duel duel, List<double[]> rounds, List<double> peaks)
    {
        PeerFigure[] peers = [.. duel.Rivals.Select((rival, index) => new PeerFigure(
            rival.Name,
            Median(rounds.Select(times => duel.Metric.Figure(times[index + 1]))),
            Median(rounds.Select(times => times[index + 1] / times[0]))))];
        double nabla = Median(rounds.Select(times => duel.Metric.Figure(times[0])));
        double? share = peaks.Count == 0 ? null : Median(rounds.Zip(peaks, (times, peak) => duel.Metric.Figure(times[0]) / peak));
        return new Outcome(duel.Case, duel.Variant, Threads, duel.Metric.Name, nabla, peers, share);
    }

    /// <summary>Calls until the work runs at its full speed; returns how many calls fill a turn.</summary>
    private int WarmUp(Action side, Metric metric)
    {
        Stopwatch watch = Stopwatch.StartNew();
        int calls = 0;
        for (; calls < FewestWarmUpCalls || watch.Elapsed.TotalSeconds < WarmUpSeconds; calls++)
        {
            side();
        }

        return Math.Max(1, (int)(Seconds / Time(side, Math.Max(1, calls / 10), metric)));
    }

    /// <summary>The seconds of one call; of latencies the median counts, of what is done again and again the mean.</summary>
    private double Time(Action side, int calls, Metric metric)
    {
        Settle();
        double[] single = metric.IsLatency && !Clock.CountsProcessor ? new double[calls] : [];
        double start = Clock.Now;
        for (int index = 0; index < calls; index++)
        {
            double begin = single.Length > 0 ? Clock.Now : 0;
            side();
            if (single.Length > 0)
            {
                single[index] = Clock.Now - begin;
            }
        }

        double mean = (Clock.Now - start) / calls;
        return single.Length > 0 ? Median(single) : mean;
    }

    /// <summary>GFLOP/s of float32: the best of several short runs, since the first one wakes the threads and whatever disturbs one makes it slower.</summary>
    private double PeakNow()
    {
        Settle();
        double best = 0;
        for (int run = 0; run < PeakRuns; run++)
        {
            double start = Clock.Now;
            double work = ArithmeticPeak.Work(Threads);
            best = Math.Max(best, work / (Clock.Now - start) / 1e9);
        }

        return best;
    }

    /// <summary>Waits until no thread of this process computes any more.</summary>
    private static void Settle()
    {
        TimeSpan used = TimeSpan.MaxValue;
        for (int wait = 0; wait < MostWaits && used > Idle; wait++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            Thread.Sleep(Wait);
            used = Environment.CpuUsage.TotalTime - before;
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
