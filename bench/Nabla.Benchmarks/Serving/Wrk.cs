using System.Diagnostics;
using System.Globalization;

namespace Nabla.Benchmarks.Serving;

/// <summary>What wrk asks for: a path, the body of each request, and the headers beside it.</summary>
internal sealed record LoadRequest(string Path, byte[] Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>What wrk saw.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="Answers">Answers of any status.</param>
/// <param name="Refused">Those with a status of 400 and above.</param>
/// <param name="Broken">Connections and reads that failed, and requests without an answer in time.</param>
/// <param name="P50">The median of the time to an answer, in us.</param>
/// <param name="P99">The time that 99 of 100 answers keep within, in us.</param>
internal sealed record LoadResult(double Seconds, long Answers, long Refused, long Broken, double P50, double P99)
{
    public double Good => (Answers - Refused) / Seconds;

    public double Offered => Answers / Seconds;
}

/// <summary>Drives a server with wrk, from a process of its own. Debian has it as a package.</summary>
internal sealed class Wrk(string folder)
{
    private const string Mark = "measured";

    /// <summary>Asks again and again.</summary>
    /// <param name="address">The server.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="connections">How many connections ask, each for one answer at a time.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="delay">How long a connection waits before it asks, on average, in ms: from nothing to twice that, at random, so that requests come one by one and not all at once.</param>
    public LoadResult Run(string address, LoadRequest request, int connections, int seconds, int delay = 0)
    {
        string body = Path.Combine(folder, "body");
        string script = Path.Combine(folder, "load.lua");
        File.WriteAllBytes(body, request.Body);
        File.WriteAllText(script, Script(body, request, delay));
        string[] arguments = ["-t", "1", "-c", Text(connections), "-d", $"{seconds}s", "--timeout", "30s", "--latency", "-s", script, address + request.Path];
        using Process process = Process.Start(new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("wrk did not start.");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string line = output.Split('\n').FirstOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"wrk did not measure: {output}");
        double[] values = [.. line.Split(' ')[1..].Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
        return new LoadResult(values[0] / 1e6, (long)values[1], (long)values[2], (long)values[3], values[4], values[5]);
    }

    private static string Script(string body, LoadRequest request, int delay)
    {
        string headers = string.Concat(request.Headers.Select(header => $"wrk.headers[\"{header.Key}\"] = \"{header.Value}\"\n"));
        string waiting = delay > 0 ? $"function delay() return math.random(0, {Text(2 * delay)}) end\n" : string.Empty;
        return $$"""
            local file = io.open("{{body}}", "rb")
            wrk.method = "POST"
            wrk.body = file:read("*all")
            file:close()
            {{headers}}{{waiting}}function done(summary, latency, requests)
              local errors = summary.errors
              io.write(string.format("{{Mark}} %d %d %d %d %.1f %.1f\n", summary.duration, summary.requests, errors.status,
                errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
            end
            """;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
