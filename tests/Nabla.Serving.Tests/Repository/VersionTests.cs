using System.Net;
using System.Text.Json;
using Nabla.Serving.Repository;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Repository;

public sealed class VersionTests
{
    private const string Question = """{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [0.1, 0.2, 0.3, 0.4]}]}""";

    [Fact]
    public async Task The_newest_version_is_served_and_others_when_they_are_loaded()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers(1));
        host.Save("flowers", 2, TestModels.Flowers(2));
        Assert.Equal("1", await VersionOf(host));
        await host.PostJson("/v2/repository/models/flowers/load", "{}");
        Assert.Equal("2", await VersionOf(host));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Post("/v2/models/flowers/versions/1/infer", Question)).Status);
        await host.PostJson("/v2/repository/models/flowers/load", """{"parameters": {"version": "1"}}""");
        await host.PostJson("/v2/models/flowers/versions/1/infer", Question);
        Assert.Equal("2", await VersionOf(host));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Post("/v2/models/flowers/versions/3/infer", Question)).Status);
    }

    [Fact]
    public async Task A_version_that_cannot_be_loaded_leaves_the_old_one_serving()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        string path = host.Save("flowers", 2, TestModels.Flowers(2));
        await File.WriteAllBytesAsync(Path.Combine(path, "weights.safetensors"), [1, 2, 3], TestContext.Current.CancellationToken);
        (HttpStatusCode status, string text) = await host.Post("/v2/repository/models/flowers/load", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("weights.safetensors", text, StringComparison.Ordinal);
        Assert.DoesNotContain(host.PathOf(""), text, StringComparison.Ordinal);
        Assert.Equal("1", await VersionOf(host));
        JsonElement index = await host.PostJson("/v2/repository/index", "{}");
        Assert.Equal(["READY", "UNAVAILABLE"], index.EnumerateArray().Select(version => version.GetProperty("state").GetString()));
        Assert.Equal("degraded", (await host.GetJson("/health")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_half_copied_version_is_not_loaded_and_a_complete_one_is()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        string path = host.Save("flowers", 2, TestModels.Flowers(2));
        VersionManifest.Write(path);
        string weights = Path.Combine(path, "weights.safetensors");
        byte[] whole = await File.ReadAllBytesAsync(weights, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(weights, whole[..^4], TestContext.Current.CancellationToken);
        (_, string shorter) = await host.Post("/v2/repository/models/flowers/load", "{}");
        Assert.Contains($"'weights.safetensors' has {whole.Length - 4} of {whole.Length} bytes", shorter, StringComparison.Ordinal);
        whole[^1] ^= 1;
        await File.WriteAllBytesAsync(weights, whole, TestContext.Current.CancellationToken);
        (_, string other) = await host.Post("/v2/repository/models/flowers/load", "{}");
        Assert.Contains("another SHA-256", other, StringComparison.Ordinal);
        whole[^1] ^= 1;
        await File.WriteAllBytesAsync(weights, whole, TestContext.Current.CancellationToken);
        await host.PostJson("/v2/repository/models/flowers/load", "{}");
        Assert.Equal("2", await VersionOf(host));
    }

    [Fact]
    public async Task A_watched_repository_is_followed()
    {
        await using ServingHost host = await ServingHost.Start(new ServingOptions { Watch = true, WatchInterval = TimeSpan.FromMilliseconds(50) }, TestModels.Flowers());
        host.Save("flowers", 2, TestModels.Flowers(2));
        await Until(async () => await VersionOf(host) == "2");
        host.Save("digits", 1, TestModels.Digits());
        await Until(async () => (await host.Get("/v2/models/digits/ready")).Status == HttpStatusCode.OK);
        Directory.Delete(host.PathOf("digits"), recursive: true);
        await Until(async () => (await host.Get("/v2/models/digits/ready")).Status == HttpStatusCode.NotFound);
        Directory.Delete(host.PathOf("flowers/2"), recursive: true);
        await Until(async () => await VersionOf(host) == "1");
    }

    [Fact]
    public async Task A_canary_gets_its_share_exactly()
    {
        ServingOptions options = new() { Defaults = new ModelOptions { Traffic = new TrafficRules { Stable = 1 } } };
        await using ServingHost host = await ServingHost.Start(options, TestModels.Flowers());
        host.Save("flowers", 2, TestModels.Flowers(2));
        await host.PostJson("/v2/repository/models/flowers/traffic", """{"stable": 1, "canary": 2, "canaryShare": 0.3}""");
        string?[] versions = new string?[100];
        for (int index = 0; index < versions.Length; index++)
        {
            versions[index] = await VersionOf(host);
        }

        Assert.Equal((70, 30), (versions.Count(version => version == "1"), versions.Count(version => version == "2")));
        JsonElement back = await host.PostJson("/v2/repository/models/flowers/rollback", "");
        Assert.Equal(JsonValueKind.Null, back.GetProperty("canary").ValueKind);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal("1", VersionOf(host).GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task Rolling_back_a_new_version_needs_one_call()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        host.Save("flowers", 2, TestModels.Flowers(2));
        await host.PostJson("/v2/repository/models/flowers/load", "{}");
        Assert.Equal("2", await VersionOf(host));
        await host.PostJson("/v2/repository/models/flowers/rollback", "{}");
        Assert.Equal("1", await VersionOf(host));
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Post("/v2/repository/models/flowers/traffic", """{"canaryShare": 2}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Post("/v2/repository/models/flowers/traffic", """{"stable": 9}""")).Status);
        Assert.Equal("1", await VersionOf(host));
    }

    [Fact]
    public async Task Rolling_back_a_canary_gives_all_to_the_version_that_was_stable_before()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        host.Save("flowers", 2, TestModels.Flowers(2));
        await host.PostJson("/v2/repository/models/flowers/traffic", """{"stable": 1, "canary": 2, "canaryShare": 0.1}""");
        JsonElement back = await host.PostJson("/v2/repository/models/flowers/rollback", "");
        Assert.Equal((1, JsonValueKind.Null), (back.GetProperty("stable").GetInt32(), back.GetProperty("canary").ValueKind));
        for (int count = 0; count < 20; count++)
        {
            Assert.Equal("1", await VersionOf(host));
        }
    }

    [Fact]
    public async Task A_canary_that_would_be_stable_too_is_refused()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        host.Save("flowers", 2, TestModels.Flowers(2));
        (HttpStatusCode status, string text) = await host.Post("/v2/repository/models/flowers/traffic", """{"canary": 2, "canaryShare": 0.1}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("name the stable version beside the canary", text, StringComparison.Ordinal);
        Assert.Equal("1", await VersionOf(host));
    }

    [Fact]
    public async Task Rules_whose_versions_cannot_be_loaded_change_nothing()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        string path = host.Save("flowers", 2, TestModels.Flowers(2));
        await File.WriteAllTextAsync(Path.Combine(path, "model.json"), "broken", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Post("/v2/repository/models/flowers/traffic", "{}")).Status);
        Assert.Equal("1", await VersionOf(host));
        host.Save("flowers", 3, TestModels.Flowers(3));
        await host.PostJson("/v2/repository/models/flowers/traffic", "{}");
        Assert.Equal("3", await VersionOf(host));
        Directory.Delete(host.PathOf("flowers"), recursive: true);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Post("/v2/repository/models/flowers/traffic", "{}")).Status);
        Assert.Equal("3", await VersionOf(host));
    }

    [Fact]
    public async Task Where_all_versions_are_served_one_that_is_broken_keeps_nobody_from_changing_the_rules()
    {
        await using ServingHost host = await ServingHost.Start(new ServingOptions { Defaults = new ModelOptions { Versions = VersionPolicy.All } }, TestModels.Flowers());
        string path = host.Save("flowers", 2, TestModels.Flowers(2));
        await File.WriteAllTextAsync(Path.Combine(path, "model.json"), "broken", TestContext.Current.CancellationToken);
        await host.PostJson("/v2/repository/models/flowers/traffic", "{}");
        Assert.Equal("1", await VersionOf(host));
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Post("/v2/repository/models/flowers/traffic", """{"stable": 2}""")).Status);
        Assert.Equal("1", await VersionOf(host));
    }

    [Theory]
    [InlineData("""{"bogus": 0}""", "$.bogus")]
    [InlineData("""{"stable": "one"}""", "$.stable")]
    [InlineData("""{"canaryShare": null}""", "$.canaryShare")]
    public async Task Rules_that_are_none_are_refused_in_words_of_the_protocol(string rules, string place)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        (HttpStatusCode status, string text) = await host.Post("/v2/repository/models/flowers/traffic", rules);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains($"has another field or value at {place}.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("TrafficRules", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shadow_computes_what_others_answer_and_is_compared()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers(1));
        host.Save("flowers", 2, TestModels.Flowers(2));
        await host.PostJson("/v2/repository/models/flowers/traffic", """{"stable": 1, "shadow": 2}""");
        for (int count = 0; count < 5; count++)
        {
            Assert.Equal("1", await VersionOf(host));
        }

        await Until(async () => (await host.Get("/metrics")).Text.Contains("nabla_shadow_compared_total{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reloading_under_load_fails_no_request()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        using CancellationTokenSource stop = new();
        int answered = 0;
        Task[] callers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await host.PostJson("/v2/models/flowers/infer", Question);
                    Interlocked.Increment(ref answered);
                }
            },
            TestContext.Current.CancellationToken))];
        for (int reload = 0; reload < 10; reload++)
        {
            await host.PostJson("/v2/repository/models/flowers/load", "{}");
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);
        Assert.True(answered > 0);
    }

    private static async Task<string?> VersionOf(ServingHost host) => (await host.PostJson("/v2/models/flowers/infer", Question)).GetProperty("model_version").GetString();

    private static async Task Until(Func<Task<bool>> condition)
    {
        for (int round = 0; round < 400; round++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(25, TestContext.Current.CancellationToken);
        }

        Assert.Fail("What was waited for did not come.");
    }
}
