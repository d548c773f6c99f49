using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Serving.Tests.Hosts;
using Nabla.Serving.Tests.Telemetry;

namespace Nabla.Serving.Tests.Drift;

/// <summary>What a server tells of requests that are not like the training data.</summary>
[Collection(AloneCollection.Name)]
public sealed class ServedDriftTests
{
    [Fact]
    public async Task Requests_like_the_training_data_are_no_drift_and_others_are()
    {
        await using ServingHost host = await ServingHost.Start(new ServingOptions { Drift = new DriftOptions { Window = 400, MinRows = 200 } }, KnownFlowers());
        await Send(host, 400, seed: 3, shift: 0);
        Assert.Equal("healthy", (await host.GetJson("/health")).GetProperty("status").GetString());
        Dictionary<string, double> before = await Metrics(host, "nabla_drift_psi");
        Assert.Equal(["confidence", "input[0]", "input[1]", "input[2]", "input[3]", "label"], before.Keys.Order(StringComparer.Ordinal));
        Assert.All(before.Values, index => Assert.InRange(index, 0, 0.25));

        await Send(host, 400, seed: 4, shift: 1);
        Dictionary<string, double> index = await MetricsWhen(host, "nabla_drift_psi", values => values.GetValueOrDefault("input[2]") > 1);
        Dictionary<string, double> statistic = await Metrics(host, "nabla_drift_ks");
        Assert.InRange(index["input[2]"], 1, 20);
        Assert.InRange(statistic["input[2]"], 0.9, 1);
        Assert.InRange(statistic["input[1]"], 0, 0.15);
        Assert.DoesNotContain("label", statistic.Keys);

        JsonElement health = await host.GetJson("/health");
        Assert.Equal("degraded", health.GetProperty("status").GetString());
        Assert.Matches("the last [0-9]+ rows of model 'flowers' version 1 are not like its training data: .*input 'input\\[2\\]' \\(PSI [0-9.]+, KS [0-9.]+\\)", health.GetProperty("reasons")[0].GetString());
        JsonElement drift = (await host.GetJson("/page/state")).GetProperty("models")[0].GetProperty("drift");
        JsonElement worst = drift.EnumerateArray().First(each => each.GetProperty("feature").GetString() == "input[2]");
        Assert.True(worst.GetProperty("high").GetBoolean());
    }

    [Fact]
    public async Task A_model_without_statistics_has_no_drift()
    {
        await using ServingHost host = await ServingHost.Start(new ServingOptions { Drift = new DriftOptions { Window = 400, MinRows = 10 } }, TestModels.Flowers());
        await Send(host, 100, seed: 3, shift: 9);
        Assert.Empty(await Metrics(host, "nabla_drift_psi"));
        Assert.Equal("healthy", (await host.GetJson("/health")).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("""{"drift": {"window": 4}}""", "drift: expected window from 8")]
    [InlineData("""{"drift": {"minRows": 2000}}""", "drift: expected minRows from 1 to the window (1000), got 2000")]
    [InlineData("""{"drift": {"kolmogorovSmirnov": 1.5}}""", "kolmogorovSmirnov")]
    [InlineData("""{"alerts": {"webhook": "ftp://example.com"}}""", "a webhook with http or https")]
    [InlineData("""{"alerts": {"failureRate": 1}}""", "alerts: expected failureRate from 0, below 1, got 1")]
    [InlineData("""{"alerts": {"secretFile": "x"}}""", "a webhook beside the secretFile")]
    [InlineData("""{"alerts": {"window": "00:10:00"}}""", "window from a second to two minutes")]
    public void Options_out_of_their_range_are_refused(string json, string part)
    {
        using Nabla.Tests.TemporaryFolder folder = new();
        ServingOptions options = ServingConfiguration.Read(folder.Write("serve.json", json));
        Assert.Contains(part, Assert.Throws<ArgumentException>(() => options.Validated()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_says_only_what_differs()
    {
        using Nabla.Tests.TemporaryFolder folder = new();
        ServingOptions options = ServingConfiguration.Read(folder.Write("serve.json", """{"drift": {"window": 500}, "alerts": {"webhook": "https://example.com/x", "latency": "00:00:01"}}"""));
        Assert.Equal(new DriftOptions { Window = 500 }, options.Drift);
        Assert.Equal(new AlertOptions { Webhook = new Uri("https://example.com/x"), Latency = TimeSpan.FromSeconds(1) }, options.Alerts);
    }

    private static SavedModel KnownFlowers()
    {
        SavedModel flowers = TestModels.Flowers();
        return flowers with { Statistics = DataStatistics.From(flowers, Dataset.FromTensors(Tensor.From(TestModels.Numbers(4000, 2), [1000, 4]))) };
    }

    // Numbers between 0 and 1; the third is shifted.
    private static async Task Send(ServingHost host, int rows, int seed, float shift)
    {
        float[] numbers = TestModels.Numbers(4 * rows, seed);
        string[] instances = [.. numbers.Chunk(4).Select(row => string.Create(CultureInfo.InvariantCulture, $"[{row[0]}, {row[1]}, {row[2] + shift}, {row[3]}]"))];
        foreach (string[] part in instances.Chunk(50))
        {
            (HttpStatusCode status, string text) = await host.Post("/v1/models/flowers:predict", $$"""{"instances": [{{string.Join(", ", part)}}]}""");
            Assert.True(status == HttpStatusCode.OK, text);
        }
    }

    // The answer to one who collects metrics is kept for a moment.
    private static async Task<Dictionary<string, double>> MetricsWhen(ServingHost host, string name, Func<Dictionary<string, double>, bool> holds)
    {
        Dictionary<string, double> values = await Metrics(host, name);
        for (int round = 0; round < 100 && !holds(values); round++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            values = await Metrics(host, name);
        }

        return values;
    }

    private static async Task<Dictionary<string, double>> Metrics(ServingHost host, string name) => (await ScrapedMetrics.Of(host, name)).ToDictionary(
        sample => Regex.Match(sample.Labels, "feature=\"([^\"]*)\"").Groups[1].Value,
        sample => sample.Value);
}
