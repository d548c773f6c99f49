namespace Nabla.Benchmarks.SideBySide;

/// <summary>What a time means to a reader.</summary>
/// <param name="Name">The unit, as in the table.</param>
/// <param name="WorkPerCall">How much one call does, in that unit times seconds; zero for a latency in microseconds.</param>
internal sealed record Metric(string Name, double WorkPerCall)
{
    public static Metric Microseconds { get; } = new("us", 0);

    /// <summary>Whether less is better.</summary>
    public bool IsLatency => WorkPerCall == 0;

    public static Metric Flops(double perCall) => new("GFLOP/s", perCall / 1e9);

    public static Metric Bytes(double perCall) => new("GB/s", perCall / 1e9);

    public static Metric Images(double perCall) => new("images/s", perCall);

    public static Metric Tokens(double perCall) => new("tokens/s", perCall);
    public static Metric Sequences(double perCall) => new("sequences/s", perCall);

    /// <summary>The figure for the seconds of one call.</summary>
    public double Figure(double seconds) => IsLatency ? seconds * 1e6 : WorkPerCall / seconds;
}
