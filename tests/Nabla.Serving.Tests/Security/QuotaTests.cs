using System.Net;
using Grpc.Core;
using Nabla.Serving.Protos;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Security;

public sealed class QuotaTests
{
    private static readonly RateLimit Three = new(3, TimeSpan.FromHours(1));

    [Fact]
    public async Task A_key_whose_quota_is_spent_waits_and_others_do_not()
    {
        using KeyRing ring = new(("other", ["read"]));
        ring.Add("limited", ["read"], limit: Three);
        await using ServingHost host = await ServingHost.Start(ring.Options, TestModels.Flowers());
        using HttpClient client = new() { BaseAddress = new Uri(host.RestAddress) };
        for (int count = 0; count < 3; count++)
        {
            Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Get, "/v2/models/flowers", ("X-API-Key", ring["limited"]))).Status);
        }

        (HttpStatusCode status, string text, HttpResponseMessage response) = await KeyRing.Ask(client, HttpMethod.Get, "/v2/models/flowers", ("X-API-Key", ring["limited"]));
        Assert.Equal((HttpStatusCode.TooManyRequests, "quota_spent"), (status, KeyRing.ReasonIn(text)));
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 360, 360);
        Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Get, "/v2/models/flowers", ("X-API-Key", ring["other"]))).Status);
        Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Get, "/v2/health/live", ("X-API-Key", ring["limited"]))).Status);
    }

    [Fact]
    public async Task Grpc_says_that_resources_are_exhausted()
    {
        using KeyRing ring = new(("asker", ["predict"]));
        ServingOptions options = ring.Options with { Security = ring.Options.Security with { RateLimit = Three } };
        await using ServingHost host = await ServingHost.Start(options, TestModels.Flowers());
        GRPCInferenceService.GRPCInferenceServiceClient client = new(host.Channel);
        Metadata key = new() { { "x-api-key", ring["asker"] } };
        for (int count = 0; count < 3; count++)
        {
            await client.ServerMetadataAsync(new ServerMetadataRequest(), key, cancellationToken: TestContext.Current.CancellationToken);
        }

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await client.ServerMetadataAsync(new ServerMetadataRequest(), key, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal((StatusCode.ResourceExhausted, "quota_spent"), (error.StatusCode, error.Trailers.GetValue("reason")));
        Assert.NotNull(error.Trailers.GetValue("retry-after"));
    }

    [Fact]
    public async Task What_was_not_allowed_does_not_count()
    {
        using KeyRing ring = new();
        ring.Add("reader", ["read:flowers"], limit: Three);
        await using ServingHost host = await ServingHost.Start(ring.Options, TestModels.Flowers());
        using HttpClient client = new() { BaseAddress = new Uri(host.RestAddress) };
        for (int count = 0; count < 5; count++)
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await KeyRing.Ask(client, HttpMethod.Get, "/metrics", ("X-API-Key", ring["reader"]))).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Get, "/v2/models/flowers", ("X-API-Key", ring["reader"]))).Status);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0.01)]
    [InlineData(1, 100000)]
    public void A_quota_that_makes_no_sense_is_refused(int requests, double seconds)
    {
        SecurityOptions security = new() { RateLimit = new RateLimit(requests, TimeSpan.FromSeconds(seconds)) };
        Assert.Contains("security.rateLimit", Assert.Throws<ArgumentException>(security.Validate).Message, StringComparison.Ordinal);
    }
}
