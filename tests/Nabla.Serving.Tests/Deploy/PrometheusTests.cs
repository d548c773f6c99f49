using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Deploy;

/// <summary>Prometheus' own checker takes the alert rules, they fire when they should, and they and the dashboard name metrics that the server has.</summary>
public sealed partial class PrometheusTests
{
    private const string Checker = "promtool";

    public static TheoryData<string> FilesWithMetrics => ["deploy/prometheus/alerts.yml", "deploy/prometheus/adapter.yml", "deploy/grafana/nabla.json"];

    [Theory]
    [InlineData("check", "rules", "alerts.yml")]
    [InlineData("check", "config", "--syntax-only", "prometheus.yml")]
    [InlineData("test", "rules", "alerts.test.yml")]
    public async Task Promtool_takes_it(params string[] arguments)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, Checker))), "Install Debian's package prometheus, which has promtool.");
        ProcessStartInfo start = new(Checker, arguments)
        {
            WorkingDirectory = Nabla.Tests.Repository.PathOf("deploy/prometheus"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await errors);
    }

    [Fact]
    public void Each_alert_is_tested()
    {
        string tests = ReadFile("deploy/prometheus/alerts.test.yml");
        string[] alerts = [.. AlertName().Matches(ReadFile("deploy/prometheus/alerts.yml")).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert => Assert.Matches($@"alertname: {alert}\s+exp_alerts", tests));
    }

    [Theory]
    [MemberData(nameof(FilesWithMetrics))]
    public async Task The_server_has_each_metric_that_is_named(string file)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        HashSet<string> exported = [.. MetricInstruments.Names(host.Services)];
        string[] named = [.. Metric().Matches(ReadFile(file)).Select(match => match.Value).Distinct()];
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(MetricInstruments.Series(name), exported));
    }

    [Fact]
    public void The_dashboard_has_panels_that_do_not_overlap_and_ask_the_chosen_source()
    {
        JsonElement dashboard = JsonDocument.Parse(ReadFile("deploy/grafana/nabla.json")).RootElement;
        JsonElement[] panels = [.. dashboard.GetProperty("panels").EnumerateArray()];
        HashSet<(int X, int Y)> taken = [];
        foreach (JsonElement place in panels.Select(panel => panel.GetProperty("gridPos")))
        {
            (int x, int y, int width, int height) = (place.GetProperty("x").GetInt32(), place.GetProperty("y").GetInt32(), place.GetProperty("w").GetInt32(), place.GetProperty("h").GetInt32());
            Assert.InRange(x + width, 1, 24);
            Assert.All(Enumerable.Range(0, width * height), cell => Assert.True(taken.Add((x + (cell % width), y + (cell / width)))));
        }

        Assert.All(panels, panel => Assert.Equal("${source}", panel.GetProperty("datasource").GetProperty("uid").GetString()));
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
    }

    private static string ReadFile(string path) => File.ReadAllText(Nabla.Tests.Repository.PathOf(path));

    [GeneratedRegex("- alert: (\\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex("nabla_[a-z_]*[a-z]")]
    private static partial Regex Metric();
}
