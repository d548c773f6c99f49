using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nabla.Client;

namespace Nabla.Serving.Tests.Clients;

/// <summary>What the clients ask again, and what they do not: by a server that does nothing but refuse.</summary>
public sealed class RetryTests
{
    private static readonly ModelQuestion Question = new() { Inputs = { ["x"] = Tensor.Zeros([1, 1]) } };

    [Theory]
    [InlineData(503, "queue_full", 4)]
    [InlineData(503, "loading", 4)]
    [InlineData(503, "draining", 4)]
    [InlineData(429, "quota_spent", 4)]
    [InlineData(503, null, 4)]
    [InlineData(502, null, 4)]
    [InlineData(503, "not_ready", 1)]
    [InlineData(504, "deadline_exceeded", 1)]
    [InlineData(500, "internal", 1)]
    [InlineData(413, "too_large", 1)]
    public async Task Over_rest_what_is_refused_for_the_moment_is_asked_again(int status, string? reason, int asked)
    {
        await using RefusingServer server = await RefusingServer.Start(HttpProtocols.Http1, context => Refuse(context, status, reason, "0"));
        foreach (IModelClient client in new[] { new RestModelClient(server.Address), FromServices(server.Address) })
        {
            int before = server.Asked;
            ModelServerException error = await Assert.ThrowsAsync<ModelServerException>(() => client.InferAsync("x", Question, TestContext.Current.CancellationToken));
            Assert.Equal((reason ?? "", asked), (error.Reason, server.Asked - before));
        }
    }

    [Fact]
    public async Task Over_rest_nobody_waits_for_an_hour()
    {
        await using RefusingServer server = await RefusingServer.Start(HttpProtocols.Http1, context => Refuse(context, 429, "quota_spent", "3600"));
        using RestModelClient client = new(server.Address);
        ModelServerException error = await Assert.ThrowsAsync<ModelServerException>(() => client.InferAsync("x", Question, TestContext.Current.CancellationToken));
        Assert.Equal(("quota_spent", TimeSpan.FromHours(1), 1), (error.Reason, error.RetryAfter, server.Asked));
    }

    [Fact]
    public async Task A_server_that_is_not_ready_says_so_once()
    {
        await using RefusingServer server = await RefusingServer.Start(HttpProtocols.Http1, context => Refuse(context, 503, null, null));
        foreach (IModelClient client in new[] { new RestModelClient(server.Address), FromServices(server.Address) })
        {
            int before = server.Asked;
            for (int round = 0; round < 20; round++)
            {
                Assert.False(await client.IsReadyAsync(TestContext.Current.CancellationToken));
            }

            Assert.Equal(20, server.Asked - before);
        }
    }

    [Theory]
    [InlineData(StatusCode.ResourceExhausted, "queue_full", "0", 4)]
    [InlineData(StatusCode.ResourceExhausted, "quota_spent", "0", 4)]
    [InlineData(StatusCode.ResourceExhausted, "quota_spent", "3600", 1)]
    [InlineData(StatusCode.ResourceExhausted, "too_large", null, 1)]
    [InlineData(StatusCode.Unavailable, "loading", "0", 4)]
    [InlineData(StatusCode.Unavailable, "not_ready", null, 1)]
    [InlineData(StatusCode.Unavailable, null, null, 4)]
    [InlineData(StatusCode.Internal, "internal", null, 1)]
    [InlineData(StatusCode.DeadlineExceeded, "deadline_exceeded", null, 1)]
    public async Task Over_grpc_what_is_refused_for_the_moment_is_asked_again(StatusCode status, string? reason, string? wait, int asked)
    {
        await using RefusingServer server = await RefusingServer.Start(HttpProtocols.Http2, context => RefuseCall(context, status, reason, wait));
        using GrpcModelClient client = new(server.Address);
        ModelServerException error = await Assert.ThrowsAsync<ModelServerException>(() => client.InferAsync("x", Question, TestContext.Current.CancellationToken));
        Assert.Equal((reason ?? "", asked), (error.Reason, server.Asked));
        await Assert.ThrowsAsync<ModelServerException>(() => client.IsReadyAsync(TestContext.Current.CancellationToken));
        Assert.Equal(asked + 1, server.Asked);
    }

    [Fact]
    public async Task Over_grpc_a_question_with_a_timeout_does_not_wait_for_a_server_that_says_nothing()
    {
        await using RefusingServer server = await RefusingServer.Start(HttpProtocols.Http2, context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using GrpcModelClient client = new(server.Address);
        ModelServerException error = await Assert.ThrowsAsync<ModelServerException>(
            () => client.InferAsync("x", Question with { Timeout = TimeSpan.FromMilliseconds(500) }, TestContext.Current.CancellationToken));
        Assert.Equal("deadline_exceeded", error.Reason);
    }

    private static IModelClient FromServices(Uri address)
    {
        ServiceCollection services = new();
        services.AddModelClient(address);
        return services.BuildServiceProvider().GetRequiredService<IModelClient>();
    }

    private static Task Refuse(HttpContext context, int status, string? reason, string? wait)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.RetryAfter = wait;
        return context.Response.WriteAsync(reason is null ? "no" : $$"""{"error": "no", "reason": "{{reason}}"}""");
    }

    private static Task RefuseCall(HttpContext context, StatusCode status, string? reason, string? wait)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = $"{(int)status}";
        context.Response.Headers["grpc-message"] = "no";
        context.Response.Headers["reason"] = reason;
        context.Response.Headers["retry-after"] = wait;
        return context.Response.CompleteAsync();
    }

    private sealed class RefusingServer : IAsyncDisposable
    {
        private readonly WebApplication app;
        private int asked;

        private RefusingServer(HttpProtocols protocols, RequestDelegate refuse)
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
            app = builder.Build();
            app.Run(context =>
            {
                Interlocked.Increment(ref asked);
                return refuse(context);
            });
        }

        public Uri Address => new(app.Urls.First());

        public int Asked => Volatile.Read(ref asked);

        public static async Task<RefusingServer> Start(HttpProtocols protocols, RequestDelegate refuse)
        {
            RefusingServer server = new(protocols, refuse);
            await server.app.StartAsync(TestContext.Current.CancellationToken);
            return server;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
