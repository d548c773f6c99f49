using System.Threading.RateLimiting;
using Nabla.Serving.Security;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Security;

public sealed class QuotaWindowTests
{
    private readonly ManualTime time = new();

    [Fact]
    public void What_is_refused_is_told_when_a_place_becomes_free()
    {
        using QuotaWindow window = new(new RateLimit(3, TimeSpan.FromMinutes(1)), time);
        Assert.True(Ask(window).IsAcquired);
        time.Advance(20);
        Assert.True(Ask(window).IsAcquired);
        Assert.True(Ask(window).IsAcquired);
        Assert.Equal(TimeSpan.FromSeconds(40), WaitOf(Ask(window)));
        time.Advance(40);
        Assert.True(Ask(window).IsAcquired);
        Assert.Equal(TimeSpan.FromSeconds(18), WaitOf(Ask(window)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 60)]
    [InlineData(40, 7)]
    public void The_time_to_wait_is_neither_too_short_nor_too_long_and_no_window_has_more_than_it_may(int requests, int seconds)
    {
        Random random = new(5);
        using QuotaWindow window = new(new RateLimit(requests, TimeSpan.FromSeconds(seconds)), time);
        List<double> granted = [];
        for (int round = 0; round < 2000; round++)
        {
            if (Ask(window) is { IsAcquired: false } refused)
            {
                double wait = WaitOf(refused).TotalSeconds;
                Assert.InRange(wait, 1e-7, seconds);
                time.Advance(wait - 1e-5);
                Assert.False(Ask(window).IsAcquired);
                time.Advance(2e-5);
                Assert.True(Ask(window).IsAcquired);
            }

            granted.Add((time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);
            Assert.True(granted.Count(when => when > granted[^1] - (seconds * 0.9)) <= requests);
            time.Advance(random.NextDouble() * random.NextDouble() * 3 * seconds / requests);
        }
    }

    [Fact]
    public void One_that_nobody_uses_any_more_can_be_forgotten()
    {
        using QuotaWindow window = new(new RateLimit(3, TimeSpan.FromSeconds(1)), time);
        Ask(window);
        Assert.Null(window.IdleDuration);
        time.Advance(31);
        Assert.Equal(TimeSpan.FromSeconds(30), window.IdleDuration);
    }

    private static RateLimitLease Ask(QuotaWindow window) => window.AttemptAcquire();

    private static TimeSpan WaitOf(RateLimitLease lease) => lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait) ? wait : throw new InvalidOperationException("It was let through.");
}
