using System.Globalization;
using Nabla.Benchmarks.Results;
using Nabla.Benchmarks.SideBySide;
using Nabla.Benchmarks.SideBySide.Cases;
using Nabla.Profiling;

namespace Nabla.Benchmarks.Scaling;

/// <summary>
/// What more cores would give, on paper (Amdahl, 1967). Of each kernel the time on one thread and on two tells which share of it spreads; that
/// share is divided by the cores, but not below the time that its bytes take to pass; each kernel that spreads pays a hand-over for every further
/// core; the time outside kernels stays. Memory is taken to grow with the cores up to <see cref="Channels"/> times what one thread reaches.
/// </summary>
internal static class CoreModel
{
    private const int Steps = 100;
    private const int Batch = 64;
    private const int Channels = 8;
    private const double LeastShare = 0.1;
    private const int Size = 1024;
    private static readonly int[] Cores = [1, 2, 4, 8, 16, 32, 64];
    private static readonly string[] Titles = ["cores", "digits CNN, training, images/s", "times one core", "product of 1024, GFLOP/s", "times one core"];

    /// <summary>Measures one and two threads and computes the rest.</summary>
    public static ResultsTable Measure()
    {
        TrainedNetwork network = new(DigitsNetwork.Create(), DigitBatches.Of(Batch), 0.001, compile: true);
        (Tensor left, Tensor right) = (RandomKey.FromSeed(1).Normal([Size, Size]), RandomKey.FromSeed(2).Normal([Size, Size]));
        Work step = WorkOf(() => network.Step()), product = WorkOf(() => left.MatMul(right));
        Threads.Count = Environment.ProcessorCount;
        double handOver = HandOver.Measure(0);
        (double bandwidth, double peak) = OnOneThread(MachineSpeed.Measure);
        return new ResultsTable(
            string.Create(CultureInfo.InvariantCulture, $"{Machine.Describe()}; one thread: {peak:F0} GFLOP/s, {bandwidth:F0} GB/s; hand-over {handOver * 1e6:F2} us"),
            Titles,
            [.. Cores.Select(cores => Row(cores, step, product, new Costs(handOver, bandwidth * 1e9)))]);
    }

    private static string[] Row(int cores, Work step, Work product, Costs costs)
    {
        double seconds = step.On(cores, costs), multiplied = product.On(cores, costs);
        return
        [
            cores.ToString(CultureInfo.InvariantCulture),
            Outcome.Digits(Batch / seconds),
            Outcome.Digits(step.On(1, costs) / seconds),
            Outcome.Digits(2.0 * Size * Size * Size / multiplied / 1e9),
            Outcome.Digits(product.On(1, costs) / multiplied),
        ];
    }

    private static Work WorkOf(Action action)
    {
        Profile one = ProfileOf(action, threads: 1), two = ProfileOf(action, threads: 2);
        Dictionary<(string, string), double> shared = two.Ops.ToDictionary(op => (op.Name, op.Shapes), op => op.Seconds / op.Calls);
        return new Work(
            one.SecondsOutsideKernels / Steps,
            [.. one.Ops.Select(op => new Kernel(
                op.Calls / (double)Steps, op.Seconds / op.Calls, Share(op.Seconds / op.Calls, shared[(op.Name, op.Shapes)]), op.Bytes / op.Calls))]);
    }

    private static double Share(double one, double two) => Math.Clamp(2 * (1 - (two / one)), 0, 1);

    private static Profile ProfileOf(Action action, int threads)
    {
        Threads.Count = threads;
        Repeat(action);
        return Profiler.Record(() => Repeat(action));
    }

    private static void Repeat(Action action)
    {
        for (int step = 0; step < Steps; step++)
        {
            action();
        }
    }

    private static (double Memory, double Arithmetic) OnOneThread(Func<MachineSpeed> measure)
    {
        int before = Threads.Count;
        Threads.Count = 1;
        MachineSpeed speed = measure();
        Threads.Count = before;
        return (speed.Memory, speed.Arithmetic);
    }

    /// <summary>What one kernel costs on one thread: how often it runs, its seconds, the share that spreads, its bytes.</summary>
    private sealed record Kernel(double Calls, double Seconds, double Share, double Bytes);

    /// <summary>What sharing costs, and the bytes per second that one thread moves.</summary>
    private sealed record Costs(double HandOver, double Bandwidth);

    /// <summary>A piece of work, as measured on one thread.</summary>
    private sealed record Work(double Outside, Kernel[] Kernels)
    {
        public double On(int cores, Costs costs) => Outside + Kernels.Sum(kernel => kernel.Calls * Seconds(kernel, cores, costs));

        // A kernel that was faster than memory worked in the cache, and does so on more cores too.
        private static double Seconds(Kernel kernel, int cores, Costs costs)
        {
            if (cores == 1 || kernel.Share < LeastShare)
            {
                return kernel.Seconds;
            }

            double passing = Math.Min(kernel.Seconds, kernel.Bytes / costs.Bandwidth) / Math.Min(cores, Channels);
            return (kernel.Seconds * (1 - kernel.Share)) + Math.Max(kernel.Seconds * kernel.Share / cores, passing * kernel.Share) + ((cores - 1) * costs.HandOver);
        }
    }
}
