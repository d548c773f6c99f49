namespace Nabla.Benchmarks.Serving;

/// <summary>How fast answers come: one at a time, many at once, in batches or not, and beside ONNX Runtime.</summary>
internal static class SpeedCases
{
    private const int Connections = 64;
    private const double LeastGain = 2;
    private const double LeastRatio = 1.3;
    private const string Alone = """{"defaults": {"maxBatch": 1}}""";

    /// <summary>One connection on an idle machine, and what the server adds to the prediction itself.</summary>
    public static async Task<IReadOnlyList<ServingRow>> IdleAsync(ServingBench bench)
    {
        double bare = BoundCases.Prediction(bench, 1);
        using ServedProcess server = await bench.ServeAsync();
        LoadResult binary = bench.Measure(server, bench.Requests.Binary, 1);
        LoadResult json = bench.Measure(server, bench.Requests.Json, 1);
        return
        [
            new("one request at a time, tensor in bytes", "p50, us", binary.P50),
            new("one request at a time, tensor in bytes", "p99, us", binary.P99),
            new("one request at a time, JSON", "p50, us", json.P50),
            new("one request at a time, JSON", "p99, us", json.P99),
            new("Predict without a server", "p50, us", bare),
            new("what the server adds, tensor in bytes", "p50, us", binary.P50 - bare),
        ];
    }

    /// <summary>64 connections, with batches and without, beside ONNX Runtime; the sides take turns.</summary>
    public static async Task<IReadOnlyList<ServingRow>> ThroughputAsync(ServingBench bench)
    {
        (double Batched, double Single, double Peer) binary = await TurnsAsync(bench, bench.Requests.Binary, bench.Requests.PeerBinary);
        (double Batched, double Single, double Peer) json = await TurnsAsync(bench, bench.Requests.Json, bench.Requests.PeerJson);
        return [.. Rows("tensor in bytes", binary), .. Rows("JSON", json)];
    }

    private static IEnumerable<ServingRow> Rows(string form, (double Batched, double Single, double Peer) result) =>
    [
        new($"{Connections} connections, {form}, batches up to 64", "requests/s", result.Batched),
        new($"{Connections} connections, {form}, no batches", "requests/s", result.Single),
        new($"{Connections} connections, {form}: what batches gain", "times", result.Batched / result.Single, $">= {LeastGain}", result.Batched >= LeastGain * result.Single),
        new($"{Connections} connections, {form}, ONNX Runtime behind ASP.NET Core", "requests/s", result.Peer),
        new($"{Connections} connections, {form}: Nabla beside ONNX Runtime", "times", result.Batched / result.Peer, $">= {LeastRatio}", result.Batched >= LeastRatio * result.Peer),
    ];

    private static async Task<(double Batched, double Single, double Peer)> TurnsAsync(ServingBench bench, LoadRequest request, LoadRequest peerRequest)
    {
        const int Rounds = 3;
        List<(double Batched, double Single, double Peer)> rounds = [];
        for (int round = 0; round < Rounds; round++)
        {
            rounds.Add((
                await OneAsync(bench.ServeAsync(), bench, request),
                await OneAsync(bench.ServeAsync(Alone), bench, request),
                await OneAsync(bench.ServePeerAsync(), bench, peerRequest)));
        }

        return (Median(rounds.Select(round => round.Batched)), Median(rounds.Select(round => round.Single)), Median(rounds.Select(round => round.Peer)));
    }

    private static async Task<double> OneAsync(Task<ServedProcess> starting, ServingBench bench, LoadRequest request)
    {
        using ServedProcess server = await starting;
        return bench.Measure(server, request, Connections).Good;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
