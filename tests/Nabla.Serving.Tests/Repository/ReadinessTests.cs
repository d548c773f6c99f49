using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Protos;
using Nabla.Serving.Repository;
using Nabla.Serving.Tests.Audit;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Repository;

/// <summary>What probes, the protocol, health and metrics say when a model is missing.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task A_model_that_cannot_be_loaded_takes_the_server_from_nobody_who_asks_for_another()
    {
        await using ServingHost host = await StartWithBroken("digits");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), ((await host.Get("/health/ready")).Status, (await host.Get("/v2/health/ready")).Status));
        GRPCInferenceService.GRPCInferenceServiceClient grpc = new(host.Channel);
        Assert.False((await grpc.ServerReadyAsync(new ServerReadyRequest(), cancellationToken: TestContext.Current.CancellationToken)).Ready);
        (HttpStatusCode status, string health) = await host.Get("/health");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("\"degraded\"", health, StringComparison.Ordinal);
        Assert.Contains("model 'digits' is not ready", health, StringComparison.Ordinal);
        string metrics = (await host.Get("/metrics")).Text;
        Assert.Matches(Ready("digits", 0), metrics);
        Assert.Matches(Ready("flowers", 1), metrics);
    }

    [Fact]
    public async Task A_server_none_of_whose_models_can_be_loaded_is_sent_no_requests()
    {
        await using ServingHost host = await StartWithBroken("digits", "flowers");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Get("/health/ready")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Get("/health")).Status);
    }

    [Fact]
    public async Task What_is_wrong_with_a_file_is_told_without_its_place()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        string path = host.PathOf("flowers/1");
        await File.WriteAllTextAsync(Path.Combine(path, "weights.safetensors"), "too short", TestContext.Current.CancellationToken);
        VersionLoader loader = host.Services.GetRequiredService<VersionLoader>();
        string? problem = loader.TryLoad("flowers", 2, path).Problem;
        Assert.StartsWith("weights.safetensors: expected ", problem, StringComparison.Ordinal);
        Assert.Equal(problem, loader.TryLoad("flowers", 2, Path.GetRelativePath(Environment.CurrentDirectory, path)).Problem);
    }

    [Fact]
    public async Task Options_of_a_model_that_is_not_there_are_said()
    {
        using CollectedLogs logs = new();
        ServingOptions options = new() { PerModel = new Dictionary<string, ModelOptions> { ["flowers"] = new(), ["flwers"] = new() } };
        await using ServingHost host = await ServingHost.Start(options, logs, TestModels.Flowers());
        for (int round = 0; round < 1000 && !logs.Lines.Any(line => line.StartsWith("perModel", StringComparison.Ordinal)); round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal(
            "perModel has options of a model 'flwers', but there is no such model.", Assert.Single(logs.Lines, line => line.StartsWith("perModel", StringComparison.Ordinal)).Trim());
    }

    [Fact]
    public async Task What_was_unloaded_by_request_is_not_missing()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers(), TestModels.Digits());
        await host.PostJson("/v2/repository/models/digits/unload", "{}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Get("/v2/models/digits/ready")).Status);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), ((await host.Get("/health/ready")).Status, (await host.Get("/v2/health/ready")).Status));
        Assert.Equal("healthy", (await host.GetJson("/health")).GetProperty("status").GetString());
        string metrics = (await host.Get("/metrics")).Text;
        Assert.DoesNotMatch(Ready("digits", 0), metrics);
        Assert.Matches(Ready("flowers", 1), metrics);

        // Who can load it again must reach the server.
        await host.PostJson("/v2/repository/models/flowers/unload", "{}");
        Assert.Equal(HttpStatusCode.OK, (await host.Get("/health/ready")).Status);
    }

    [Fact]
    public async Task A_server_that_is_about_to_stop_is_sent_no_requests()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        Assert.Equal(HttpStatusCode.OK, (await host.Get("/health/ready")).Status);
        host.Repository.Drain();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Get("/health/ready")).Status);
    }

    private static Task<ServingHost> StartWithBroken(params string[] names) => ServingHost.Start(
        new ServingOptions(),
        path => File.WriteAllText(Path.Combine(path, names.Any(name => path.Contains($"{Path.DirectorySeparatorChar}{name}{Path.DirectorySeparatorChar}", StringComparison.Ordinal)) ? "model.json" : "notes.txt"), "broken"),
        TestModels.Flowers(),
        TestModels.Digits());

    private static string Ready(string model, int value) => $"(?m)^nabla_model_ready{{[^}}]*model=\"{model}\"[^}}]*}} {value}( |$)";
}
