using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Nabla.Serving.Models;
using Nabla.Serving.Protos;
using Nabla.Serving.Tests.Hosts;
using Nabla.Serving.Tests.Security;

namespace Nabla.Serving.Tests.Telemetry;

/// <summary>Each request for an answer that has none is counted once, whoever refused it.</summary>
public sealed class FailureMetricsTests
{
    private const string Infer = "/v2/models/flowers/infer";
    private const string Json = "application/json";
    private const string Slow = """{"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 1], "data": [100]}]}""";
    private const string Question = """{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [0.1, 0.2, 0.3, 0.4]}]}""";

    [Theory]
    [InlineData(Infer, "text/html", "x", "flowers rest unsupported_media_type")]
    [InlineData(Infer, Json, "{", "flowers rest invalid_request")]
    [InlineData(Infer, Json, "{}", "flowers rest invalid_request")]
    [InlineData(Infer, Json, null, "flowers rest too_large")]
    [InlineData("/v2/models/none/infer", Json, Question, "unknown rest not_found")]
    [InlineData("/v2/models/flowers/versions/9/infer", Json, Question, "flowers rest not_found")]
    [InlineData("/v1/models/flowers:predict", Json, "{", "flowers tensorflow invalid_request")]
    [InlineData("/v1/models/flowers:classify", Json, "{}", "flowers tensorflow invalid_request")]
    [InlineData("/v1/models/flowers/versions/1:regress", Json, "[]", "flowers tensorflow invalid_request")]
    [InlineData("/predict/flowers", "image/png", "x", "flowers predict invalid_request")]
    public async Task A_body_that_is_refused(string path, string type, string? body, string counted)
    {
        await using ServingHost host = await ServingHost.Start(new ServingOptions { MaxRequestBytes = 4096 }, TestModels.Flowers());
        using CountedRequests counts = new(host);
        using StringContent content = new(body ?? new string(' ', 5000), Encoding.UTF8, new MediaTypeHeaderValue(type));
        using HttpResponseMessage response = await host.Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        Assert.False(response.IsSuccessStatusCode);
        Assert.Equal((counted, 1), (Assert.Single(counts.Failures), counts.All));
    }

    [Fact]
    public async Task What_is_no_question_for_a_model_is_not_counted()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        using CountedRequests counts = new(host);
        await host.Get("/v2/models/none");
        await host.Post("/v2/repository/models/none/load", "{}");
        await host.Post("/v2/models/flowers/feedback", "{}");
        await host.Get("/nothing");
        await host.Get(Infer);
        Assert.Equal(0, counts.All);
    }

    [Fact]
    public async Task Callers_without_a_role_and_those_whose_quota_is_spent()
    {
        using KeyRing ring = new(("reader", ["read"]));
        ring.Add("limited", ["predict"], limit: new RateLimit(1, TimeSpan.FromHours(1)));
        await using ServingHost host = await ServingHost.Start(ring.Options, TestModels.Flowers());
        using HttpClient client = new() { BaseAddress = new Uri(host.RestAddress) };
        using CountedRequests counts = new(host);
        foreach (string? key in new[] { null, ring["reader"], ring["limited"], ring["limited"] })
        {
            await KeyRing.Ask(client, HttpMethod.Post, Infer, key is null ? null : ("X-API-Key", key), Question);
        }

        GRPCInferenceService.GRPCInferenceServiceClient grpc = new(host.Channel);
        await Assert.ThrowsAsync<RpcException>(async () => await grpc.ModelInferAsync(new ModelInferRequest(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(["flowers rest unauthenticated", "flowers rest forbidden", "flowers rest quota_spent", "unknown grpc unauthenticated"], counts.Failures);
        Assert.Equal(5, counts.All);
    }

    [Fact]
    public async Task Messages_of_grpc()
    {
        await using ServingHost host = await ServingHost.Start(new ServingOptions { MaxRequestBytes = 4096 }, TestModels.Flowers());
        using CountedRequests counts = new(host);
        GRPCInferenceService.GRPCInferenceServiceClient client = new(host.Channel);
        ModelInferRequest large = Protocol.GrpcTests.Request("flowers", "FP32", [1, 4]);
        large.RawInputContents.Add(ByteString.CopyFrom(new byte[5000]));
        ModelInferRequest[] requests = [new() { ModelName = "flowers" }, new() { ModelName = "made up" }, large];
        foreach (ModelInferRequest request in requests)
        {
            await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(request, cancellationToken: TestContext.Current.CancellationToken));
        }

        await Assert.ThrowsAsync<RpcException>(() => Faults.GrpcMessageTests.Send(host, [0x0A, 0xFF]));
        Assert.Equal(["flowers grpc invalid_request", "unknown grpc not_found", "unknown grpc too_large", "unknown grpc invalid_request"], counts.Failures);
        Assert.Equal(4, counts.All);
    }

    [Fact]
    public async Task Calls_of_grpc_past_their_deadline()
    {
        using GatedModel model = new() { Batches = false };
        await using ServingHost host = await ServingHost.Start(
            new ServingOptions { Defaults = new ModelOptions { MaxReplicas = 1 } }, new Dictionary<string, IServedModel> { ["gated"] = model });
        using CountedRequests counts = new(host);
        Task<(HttpStatusCode, string)> running = host.Post("/v2/models/gated/infer", Slow);
        for (int round = 0; round < 1000 && model.Running == 0; round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        ModelInferRequest request = Protocol.GrpcTests.Request("gated", "FP32", [1, 1], "x");
        request.Inputs[0].Contents = new InferTensorContents { Fp32Contents = { 100 } };
        byte[] message = request.ToByteArray();

        // By hand: the usual client gives up by its own clock, perhaps before its call has been sent.
        using HttpClient client = new() { BaseAddress = new Uri(host.GrpcAddress) };
        for (int call = 0; call < 8; call++)
        {
            using ByteArrayContent content = new([0, 0, 0, 0, (byte)message.Length, .. message]);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            using HttpRequestMessage asked = new(HttpMethod.Post, "/inference.GRPCInferenceService/ModelInfer")
            {
                Content = content,
                Headers = { { "grpc-timeout", "100m" } },
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            using HttpResponseMessage response = await client.SendAsync(asked, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(Enumerable.Repeat("gated grpc deadline_exceeded", 8), await counts.FailuresAt(8));
        model.Open();
        await running;
    }

    [Fact]
    public async Task Callers_who_go_away_in_the_middle_of_a_message_of_grpc()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        using CountedRequests counts = new(host);
        using CancellationTokenSource impatience = new(TimeSpan.FromMilliseconds(500));
        Pipe message = new();
        await message.Writer.WriteAsync(new byte[] { 0, 0, 0, 0, 9, 1 }, TestContext.Current.CancellationToken);
        using StreamContent content = new(message.Reader.AsStream());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using HttpClient client = new() { BaseAddress = new Uri(host.GrpcAddress) };
        using HttpRequestMessage asked = new(HttpMethod.Post, "/inference.GRPCInferenceService/ModelInfer")
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(asked, impatience.Token));
        Assert.Equal(["unknown grpc cancelled"], await counts.FailuresAt(1));
    }

    [Fact]
    public async Task Callers_who_go_away()
    {
        using GatedModel model = new() { Batches = false };
        await using ServingHost host = await ServingHost.Start(
            new ServingOptions { Defaults = new ModelOptions { MaxReplicas = 1 } }, new Dictionary<string, IServedModel> { ["gated"] = model });
        using CountedRequests counts = new(host);
        using CancellationTokenSource impatience = new(TimeSpan.FromMilliseconds(300));
        using StringContent content = new(Slow, Encoding.UTF8, Json);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Client.PostAsync("/v2/models/gated/infer", content, impatience.Token));
        Assert.Equal(["gated rest cancelled"], await counts.FailuresAt(1));
        model.Open();
    }

    [Fact]
    public async Task A_body_that_breaks_off()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        using CountedRequests counts = new(host);
        Uri address = new(host.RestAddress);
        using (TcpClient client = new(address.Host, address.Port))
        {
            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes($"POST {Infer} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: {Json}\r\nContent-Length: 900\r\n\r\n{{"), TestContext.Current.CancellationToken);
        }

        string failure = Assert.Single(await counts.FailuresAt(1));
        Assert.StartsWith("flowers rest ", failure, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, 1), ((await host.Get("/v2/models/flowers")).Status, counts.All));
    }
}
