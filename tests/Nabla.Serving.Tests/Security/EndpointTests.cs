using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Security;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Security;

/// <summary>All endpoints that the server has, however they came to be: what is not open on purpose is closed.</summary>
public sealed partial class EndpointTests
{
    private static readonly string[] Open =
    [
        "/",
        "/grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health/Watch",
        "/grpc.health.v1.Health/{unimplementedMethod:grpcunimplemented}",
        "/health/ready",
        "/inference.GRPCInferenceService/ServerLive",
        "/inference.GRPCInferenceService/ServerReady",
        "/page/app.js",
        "/page/chart.js",
        "/page/drawing.js",
        "/page/elements.js",
        "/page/forms.js",
        "/page/icon.svg",
        "/page/models.js",
        "/page/numbers.js",
        "/page/page.css",
        "/page/playground.js",
        "/page/server.js",
        "/v2/health/live",
        "/v2/health/ready",
    ];

    [Fact]
    public async Task Only_health_and_the_files_of_the_page_are_open()
    {
        using KeyRing ring = new(("alice", ["admin"]));
        await using ServingHost host = await ServingHost.Start(ring.Options, TestModels.Flowers());
        RouteEndpoint[] endpoints = EndpointsOf(host);
        IEnumerable<string> open = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(PatternOf);
        Assert.Equal(Open, open.Order(StringComparer.Ordinal));
        Assert.True(endpoints.Length > 30, $"{endpoints.Length} endpoints");
    }

    [Fact]
    public async Task Nobody_is_answered_without_a_key_and_nobody_with_one_for_another_model()
    {
        using KeyRing ring = new(("other", ["admin:other"]));
        await using ServingHost host = await ServingHost.Start(ring.Options, TestModels.Flowers());
        using HttpClient rest = new() { BaseAddress = new Uri(host.RestAddress) };
        foreach (RouteEndpoint endpoint in EndpointsOf(host).Where(endpoint => !IsGrpc(endpoint) && !IsUnimplemented(endpoint) && !Open.Contains(PatternOf(endpoint))))
        {
            string path = Holes().Replace(PatternOf(endpoint), hole => hole.Value.Contains("name", StringComparison.Ordinal) ? "flowers" : "1");
            HttpMethod method = new(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is [{ } first, ..] ? first : "GET");
            Assert.True((await KeyRing.Ask(rest, method, path, null)).Status == HttpStatusCode.Unauthorized, $"{method} {path} without a key");
            bool isNamed = endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>().SelectMany(policy => policy.Requirements).OfType<AccessRequirement>().All(needed => needed.Scope == ModelScope.Named);
            HttpStatusCode status = (await KeyRing.Ask(rest, method, path, ("X-API-Key", ring["other"]))).Status;
            Assert.True(status == HttpStatusCode.Forbidden == isNamed, $"{method} {path} with a key for another model: {status}");
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyRing.Ask(rest, HttpMethod.Get, "/nothing/here", null)).Status);
    }

    [Fact]
    public async Task No_call_of_grpc_is_answered_without_a_key()
    {
        using KeyRing ring = new(("alice", ["admin"]));
        await using ServingHost host = await ServingHost.Start(ring.Options, TestModels.Flowers());
        using HttpClient client = new() { BaseAddress = new Uri(host.GrpcAddress), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        string[] paths = [.. EndpointsOf(host).Where(IsGrpc).Select(PatternOf).Where(path => !Open.Contains(path)), "/unknown.Service/Method", "/inference.GRPCInferenceService/Unknown"];
        Assert.Equal(9, paths.Length);
        foreach (string path in paths)
        {
            using ByteArrayContent content = new([0, 0, 0, 0, 0]);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            using HttpResponseMessage response = await client.PostAsync(path, content, TestContext.Current.CancellationToken);
            Assert.True(response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? code) && code.Single() == "16", path);
        }
    }

    private static RouteEndpoint[] EndpointsOf(ServingHost host) => [.. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    private static string PatternOf(RouteEndpoint endpoint) => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}";

    private static bool IsGrpc(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is not null;

    // These take calls of gRPC alone, which have no such names.
    private static bool IsUnimplemented(RouteEndpoint endpoint) => PatternOf(endpoint).Contains("unimplemented", StringComparison.Ordinal);

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Holes();
}
