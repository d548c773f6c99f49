using Nabla.Serving.Inference;
using Nabla.Serving.Telemetry;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Telemetry;

/// <summary>The last minutes, second by second.</summary>
public sealed class RecentTrafficTests
{
    private readonly ManualTime time = new();

    [Fact]
    public void Requests_are_counted_in_the_second_in_which_they_were_answered()
    {
        ModelTraffic traffic = new RecentTraffic(time).Of("digits");
        traffic.Answered(TimeSpan.FromMilliseconds(1), TimeSpan.Zero);
        traffic.Answered(TimeSpan.FromMilliseconds(1), TimeSpan.Zero);
        time.Advance(2);
        traffic.Failed(ServingFault.QueueFull);
        traffic.Failed(ServingFault.InvalidRequest);
        traffic.Failed(ServingFault.Internal);
        time.Advance(1);
        IReadOnlyList<TrafficSecond> last = traffic.Last(4);
        Assert.Equal([0, 2, 0, 0], last.Select(second => second.Answered));
        Assert.Equal([0, 0, 0, 2], last.Select(second => second.Failed));
        Assert.Equal([0, 0, 0, 1], last.Select(second => second.Refused));
        Assert.Equal((2, 2, 1), (traffic.Sum(4).Answered, traffic.Sum(4).Failed, traffic.Sum(4).Refused));
    }

    [Fact]
    public void What_is_older_than_two_minutes_is_forgotten()
    {
        ModelTraffic traffic = new RecentTraffic(time).Of("digits");
        for (int second = 0; second < 300; second++)
        {
            traffic.Answered(TimeSpan.FromMilliseconds(second), TimeSpan.Zero);
            time.Advance(1);
        }

        Assert.All(traffic.Last(RecentTraffic.Seconds), second => Assert.Equal(1, second.Answered));
        Assert.Equal([180, 299], [traffic.Last(RecentTraffic.Seconds)[0].Number, traffic.Last(RecentTraffic.Seconds)[^1].Number]);
        time.Advance(200);
        Assert.All(traffic.Last(RecentTraffic.Seconds), second => Assert.Equal(0, second.Answered));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    [InlineData(1)]
    public void Quantiles_are_those_of_the_sorted_durations_within_a_tenth(double share)
    {
        Random random = new(3);
        double[] seconds = [.. Enumerable.Range(0, 997).Select(_ => Math.Exp((random.NextDouble() * 12) - 10))];
        DurationCounts counts = new();
        foreach (double each in seconds)
        {
            counts.Add(TimeSpan.FromSeconds(each));
        }

        double exact = seconds.Order().ElementAt((int)Math.Ceiling(share * seconds.Length) - 1);
        Assert.InRange(counts.Quantile(share)!.Value.TotalSeconds, exact * 0.91, exact * 1.1);
    }

    [Fact]
    public void Durations_of_any_size_are_counted()
    {
        DurationCounts counts = new();
        Assert.Null(counts.Quantile(0.5));
        counts.Add(TimeSpan.Zero);
        counts.Add(TimeSpan.FromDays(1));
        Assert.Equal(2, counts.Count);
        Assert.True(counts.Quantile(0)! < counts.Quantile(1)!);
    }
}
