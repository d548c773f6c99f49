using Nabla.Serving.Alerts;

namespace Nabla.Serving.Tests.Alerts;

/// <summary>That an alert fires and that it is over is told once each.</summary>
public sealed class AlertStateTests
{
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Breach Failing = new("failure_rate", "digits", null, 0.5, 0.05, "half of them");
    private readonly AlertState state = new();
    private int round;

    [Fact]
    public void Beginning_and_end_are_told_once_each()
    {
        Alert fired = Assert.Single(Look(Failing));
        state.Told(fired);
        Assert.Empty(Look(Failing));
        Assert.Empty(Look());
        Assert.Empty(Look());
        Alert resolved = Assert.Single(Look());
        Assert.Equal((fired.Id, fired.StartedAt), (resolved.Id, resolved.StartedAt));
        Assert.Null(fired.EndedAt);
        Assert.Equal(Start.AddSeconds(4), resolved.EndedAt);
        state.Told(resolved);
        Assert.Empty(Look());
        Assert.NotEqual(fired.Id, Assert.Single(Look(Failing)).Id);
    }

    [Fact]
    public void What_could_not_be_delivered_is_told_again()
    {
        Alert first = Assert.Single(Look(Failing));
        Alert second = Assert.Single(Look(Failing with { Value = 0.7 }));
        Assert.Equal((first.Id, 0.7), (second.Id, second.Breach.Value));
        state.Told(second);
        Look();
        Look();
        Assert.Single(Look());
        Assert.NotNull(Assert.Single(Look()).EndedAt);
    }

    [Fact]
    public void A_moment_of_calm_is_no_end()
    {
        state.Told(Assert.Single(Look(Failing)));
        for (int time = 0; time < 5; time++)
        {
            Assert.Empty(Look());
            Assert.Empty(Look());
            Assert.Empty(Look(Failing));
        }
    }

    [Fact]
    public void What_begins_again_before_its_end_was_told_has_not_ended()
    {
        state.Told(Assert.Single(Look(Failing)));
        Look();
        Look();
        Assert.Single(Look());
        Assert.Empty(Look(Failing));
        Assert.Empty(Look(Failing));
    }

    [Fact]
    public void What_nobody_heard_of_ends_without_a_word()
    {
        Assert.Single(Look(Failing));
        Look();
        Look();
        Assert.Empty(Look());
    }

    [Fact]
    public void Models_and_versions_have_alerts_of_their_own()
    {
        IReadOnlyList<Alert> alerts = Look(Failing, Failing with { Model = "iris" }, Failing with { Version = 2 }, Failing with { Alert = "latency" });
        Assert.Equal(4, alerts.Select(alert => alert.Id).Distinct().Count());
    }

    private IReadOnlyList<Alert> Look(params Breach[] breaches) => state.Update(breaches, Start.AddSeconds(round++));
}
