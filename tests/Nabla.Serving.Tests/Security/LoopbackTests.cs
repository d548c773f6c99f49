using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Nabla.Formats;
using Nabla.Serving.Security;
using Nabla.Serving.Tests.Hosts;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Security;

public sealed class LoopbackTests
{
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.8.7", true)]
    [InlineData("[::1]", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("[::]", false)]
    [InlineData("*", false)]
    [InlineData("+", false)]
    [InlineData("192.168.1.4", false)]
    [InlineData("localhost.example.org", false)]
    [InlineData("127.0.0.1.example.org", false)]
    public void Addresses_of_the_machine_alone_are_told_from_others(string host, bool expected) => Assert.Equal(expected, LoopbackRule.IsLoopback(host));

    [Fact]
    public async Task An_application_does_not_start_where_others_reach_a_server_that_asks_nobody()
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => Start(new SecurityOptions()));
        Assert.Contains("0.0.0.0", error.Message, StringComparison.Ordinal);
        Assert.Contains("can be reached from other machines", error.Message, StringComparison.Ordinal);
        await Start(new SecurityOptions { Insecure = true });
        using KeyRing ring = new(("alice", ["read"]));
        await Start(new SecurityOptions { Keys = ring.Path });
    }

    [Fact]
    public async Task A_request_to_another_name_is_refused()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        using HttpRequestMessage request = new(HttpMethod.Get, "/v2/models/flowers");
        request.Headers.Host = "attacker.example.org";
        using HttpResponseMessage response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static async Task Start(SecurityOptions security)
    {
        using TemporaryFolder folder = new();
        ModelFolder.Save(folder.File("model"), TestModels.Flowers());
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddNablaServing(new ServingOptions { Models = folder.File("model"), Security = security });
        await using WebApplication app = builder.Build();
        app.MapNablaServing();
        app.Urls.Add("http://0.0.0.0:0");
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
