using System.Globalization;
using System.Text.RegularExpressions;

namespace Nabla.Benchmarks.Serving;

/// <summary>What a server stands: too many requests, new versions under load, a kill, and a long time.</summary>
internal static partial class EnduranceCases
{
    private const int Connections = 64;
    private const int FewConnections = 8;
    private const int Crowd = 384;
    private const int Turns = 5;
    private const int Probes = 4;
    private const int ProbeSeconds = 3;
    private const double NearEnough = 0.05;
    private const int TimesCapacity = 3;
    private const double LeastGoodput = 0.8;
    private const double DeadlineSeconds = 0.1;
    private const int Reloads = 100;
    private const int FirstReloads = 10;
    private const double MostGrowth = 1.1;
    private const double MostRestart = 2;
    private const double Share = 0.8;

    /// <summary>
    /// Three times what the server can do: it answers as much as ever, and what it answers comes in time. The network is one that takes some milliseconds, so
    /// that computing is what there is too little of: the load generator has the same cores, and to refuse a request of the digits takes a third of answering it.
    /// Few and too many ask in turn, since what a machine can do changes while it is measured.
    /// </summary>
    public static async Task<IReadOnlyList<ServingRow>> OverloadAsync(ServingBench bench)
    {
        using ServedProcess server = await bench.ServeAsync("""{"requestTimeout": "00:00:00.100", "defaults": {"maxBatch": 2, "queueLimit": 8, "minReplicas": 2, "maxReplicas": 2}}""", bench.LargeModels);
        LoadRequest request = bench.Requests.Large;
        int delay = DelayFor(bench, server, request, TimesCapacity * bench.Measure(server, request, FewConnections, mayRefuse: true).Good);
        List<OverloadTurn> turns = [];
        for (int turn = 0; turn < Turns; turn++)
        {
            turns.Add(await OverloadTurn.RunAsync(bench, server, request, delay));
        }

        double best = Median(turns.Select(turn => turn.Best));
        double answered = Median(turns.Select(turn => turn.Crowd.Good / turn.Best));
        double bound = turns.Max(turn => turn.Bound);
        long broken = turns.Sum(turn => turn.Crowd.Broken);
        const string What = "too many requests for a large network";
        return
        [
            new($"{What}: answered at best", "requests/s", best),
            new($"{What}: what is offered", "times what is answered at best", Median(turns.Select(turn => turn.Crowd.Offered / turn.Best)), "about 3"),
            new($"{What}: what is answered", "share of the best", answered, $">= {LeastGoodput}", answered >= LeastGoodput),
            new($"{What}: what is answered in the worst of {Turns} turns", "share of the best", turns.Min(turn => turn.Crowd.Good / turn.Best)),
            new($"{What}: p99 of what is answered is at most", "ms", bound * 1000, "<= 100, the deadline", bound <= DeadlineSeconds),
            new($"{What}: without any answer", "requests", broken, "0", broken == 0),
        ];
    }

    /// <summary>A model is loaded anew a hundred times while it is asked: nobody notices.</summary>
    public static async Task<IReadOnlyList<ServingRow>> ReloadsAsync(ServingBench bench)
    {
        using ServedProcess server = await bench.ServeAsync();
        bench.Measure(server, bench.Requests.Binary, Connections);
        using CancellationTokenSource done = new();
        Task<(long Failed, long Answers)> load = Task.Run(() => AskUntil(bench, server, done.Token));
        double first = 0;
        for (int reload = 1; reload <= Reloads; reload++)
        {
            await bench.ReloadAsync(server);
            first = reload == FirstReloads ? server.Memory : first;
        }

        double last = server.Memory;
        await done.CancelAsync();
        (long failed, long answers) = await load;
        return
        [
            new($"{Reloads} reloads under load", "requests answered", answers),
            new($"{Reloads} reloads under load", "requests failed", failed, "0", failed == 0),
            new($"{Reloads} reloads under load: memory after the last", "times that after the tenth", last / first, $"<= {MostGrowth}", last <= MostGrowth * first),
        ];
    }

    /// <summary>The process is killed and started again.</summary>
    public static async Task<IReadOnlyList<ServingRow>> RestartAsync(ServingBench bench)
    {
        using (ServedProcess server = await bench.ServeAsync())
        {
            server.Kill();
        }

        using ServedProcess again = bench.Start();
        double seconds = (await again.ReadyAsync()).TotalSeconds;
        return [new("killed and started again: ready after", "s", seconds, $"<= {MostRestart}", seconds <= MostRestart)];
    }

    /// <summary>Four fifths of what the server can do, for long.</summary>
    public static async Task<IReadOnlyList<ServingRow>> LongAsync(ServingBench bench, int minutes)
    {
        using ServedProcess server = await bench.ServeAsync();
        double best = bench.Measure(server, bench.Requests.Binary, Connections).Good;
        int delay = DelayFor(bench, server, bench.Requests.Binary, Share * best);
        int slice = Math.Max(1, minutes * 60 / 20);
        List<double> memory = [];
        long failed = 0;
        double offered = 0;
        for (int round = 0; round < 20; round++)
        {
            LoadResult result = bench.Load.Run(server.Address, bench.Requests.Binary, Crowd, slice, delay);
            failed += result.Refused + result.Broken;
            offered += result.Offered / 20;
            memory.Add(server.Memory);
        }

        double growth = memory[^5..].Max() / memory[5..10].Max();
        return
        [
            new($"{minutes} minutes", "share of what is answered at best", offered / best, "about 0.8"),
            new($"{minutes} minutes", "requests failed", failed, "0", failed == 0),
            new($"{minutes} minutes: most memory in the last quarter", "times that in the second quarter", growth, $"<= {MostGrowth}", growth <= MostGrowth),
        ];
    }

    // A connection asks again when it has its answer and has waited. How long answers take under that load is seen by trying.
    private static int DelayFor(ServingBench bench, ServedProcess server, LoadRequest request, double rate)
    {
        double round = 1000 * Crowd / rate;
        double delay = round;
        for (int probe = 0; probe < Probes; probe++)
        {
            double offered = bench.Load.Run(server.Address, request, Crowd, ProbeSeconds, Whole(delay)).Offered;
            if (Math.Abs((offered / rate) - 1) <= NearEnough)
            {
                break;
            }

            delay += round - (1000 * Crowd / offered);
        }

        return Whole(delay);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static int Whole(double delay) => Math.Max(1, (int)Math.Round(delay));

    private static (long Failed, long Answers) AskUntil(ServingBench bench, ServedProcess server, CancellationToken done)
    {
        (long Failed, long Answers) total = (0, 0);
        while (!done.IsCancellationRequested)
        {
            LoadResult result = bench.Load.Run(server.Address, bench.Requests.Binary, Connections, 2);
            total = (total.Failed + result.Refused + result.Broken, total.Answers + result.Answers);
        }

        return total;
    }

    // The bound of the histogram's bucket in which the share of the answers between two looks at the metrics is reached.
    private static double Quantile(string before, string after, double share)
    {
        Dictionary<double, double> old = Buckets(before).ToDictionary(bucket => bucket.Bound, bucket => bucket.Count);
        (double Bound, double Count)[] buckets = [.. Buckets(after).Select(bucket => (bucket.Bound, bucket.Count - old.GetValueOrDefault(bucket.Bound)))];
        return buckets.First(bucket => bucket.Count >= share * buckets[^1].Count).Bound;
    }

    private static IEnumerable<(double Bound, double Count)> Buckets(string metrics) => Bucket().Matches(metrics).Select(match => (
        match.Groups[1].Value is "+Inf" ? double.PositiveInfinity : double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
        double.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture)));

    [GeneratedRegex("""^nabla_request_duration_seconds_bucket\{.*le="([^"]+)"\} (\d+)""", RegexOptions.Multiline)]
    private static partial Regex Bucket();

    /// <summary>As many as can be answered ask, then three times as many.</summary>
    /// <param name="Best">What is answered of the former, a second.</param>
    /// <param name="Crowd">What the latter saw.</param>
    /// <param name="Bound">The time that 99 of 100 answers to them keep within, in seconds.</param>
    private sealed record OverloadTurn(double Best, LoadResult Crowd, double Bound)
    {
        public static async Task<OverloadTurn> RunAsync(ServingBench bench, ServedProcess server, LoadRequest request, int delay)
        {
            double best = bench.Load.Run(server.Address, request, FewConnections, bench.Seconds).Good;
            string before = await server.GetAsync("/metrics");
            LoadResult crowd = bench.Load.Run(server.Address, request, EnduranceCases.Crowd, bench.Seconds, delay);
            return new OverloadTurn(best, crowd, Quantile(before, await server.GetAsync("/metrics"), 0.99));
        }
    }
}
