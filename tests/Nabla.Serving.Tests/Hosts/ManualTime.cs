namespace Nabla.Serving.Tests.Hosts;

/// <summary>A clock that tests move.</summary>
internal sealed class ManualTime : TimeProvider
{
    private TimeSpan elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + elapsed;

    public void Advance(double seconds) => elapsed += TimeSpan.FromSeconds(seconds);
}
