using System.Net;
using System.Text.Json;
using Grpc.Core;
using Nabla.Serving.Models;
using Nabla.Serving.Protos;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Faults;

public sealed class OverloadTests
{
    [Fact]
    public async Task A_full_queue_refuses_exactly_what_is_too_much()
    {
        using GatedModel model = new() { Batches = false };
        await using ServingHost host = await Start(model, new ModelOptions { QueueLimit = 3, MaxReplicas = 1 });
        Task<(HttpStatusCode, string)> running = host.Post("/v2/models/gated/infer", Question(100));
        await Until(() => model.Running == 1);
        Task<(HttpStatusCode Status, string Text)>[] sent = [.. Enumerable.Range(0, 10).Select(index => host.Post("/v2/models/gated/infer", Question(101 + index)))];
        await Until(() => sent.Count(task => task.IsCompleted) == 7);
        GRPCInferenceService.GRPCInferenceServiceClient client = new(host.Channel);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(GrpcQuestion(500), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal((StatusCode.ResourceExhausted, "queue_full", "1"), (error.StatusCode, error.Trailers.GetValue("reason"), error.Trailers.GetValue("retry-after")));
        model.Open(4);
        (HttpStatusCode Status, string Text)[] answers = await Task.WhenAll(sent);
        Assert.Equal(HttpStatusCode.OK, (await running).Item1);
        Assert.Equal((3, 7), (answers.Count(answer => answer.Status == HttpStatusCode.OK), answers.Count(answer => answer.Status == HttpStatusCode.ServiceUnavailable)));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer =>
            Assert.Equal("queue_full", JsonDocument.Parse(answer.Text).RootElement.GetProperty("reason").GetString()));
        string metrics = (await host.Get("/metrics")).Text;
        Assert.Contains("nabla_request_failures_total", metrics, StringComparison.Ordinal);
        Assert.Contains("reason=\"queue_full\"", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_says_when_to_come_back()
    {
        using GatedModel model = new() { Batches = false };
        await using ServingHost host = await Start(model, new ModelOptions { QueueLimit = 1, MaxReplicas = 1 });
        Task<(HttpStatusCode, string)> running = host.Post("/v2/models/gated/infer", Question(100));
        await Until(() => model.Running == 1);
        Task<(HttpStatusCode, string)> waiting = host.Post("/v2/models/gated/infer", Question(101));
        await Until(() => Pending(host) == 1);
        using StringContent content = new(Question(102), System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage refused = await host.Client.PostAsync("/v2/models/gated/infer", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        model.Open(2);
        await Task.WhenAll(running, waiting);
    }

    [Fact]
    public async Task A_request_past_its_deadline_leaves_the_queue()
    {
        using GatedModel model = new() { Batches = false };
        await using ServingHost host = await Start(model, new ModelOptions { MaxReplicas = 1 });
        Task<(HttpStatusCode, string)> running = host.Post("/v2/models/gated/infer", Question(100));
        await Until(() => model.Running == 1);
        (HttpStatusCode status, string text) = await host.Post("/v2/models/gated/infer", Question(101, """, "parameters": {"timeout": 20000}"""));
        Assert.Equal((HttpStatusCode.GatewayTimeout, 0), (status, Pending(host)));
        Assert.Contains("within 20 ms", text, StringComparison.Ordinal);
        GRPCInferenceService.GRPCInferenceServiceClient client = new(host.Channel);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(GrpcQuestion(102), deadline: DateTime.UtcNow.AddMilliseconds(300), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        await Until(() => Pending(host) == 0);
        model.Open();
        await running;
        Assert.Equal([100f], model.Computed.SelectMany(batch => batch));
    }

    [Fact]
    public async Task A_cancelled_request_leaves_the_queue_and_harms_nobody()
    {
        using GatedModel model = new() { Batches = false };
        await using ServingHost host = await Start(model, new ModelOptions { MaxReplicas = 1 });
        using CancellationTokenSource impatience = new();
        Task<(HttpStatusCode, string)> running = host.Post("/v2/models/gated/infer", Question(100));
        await Until(() => model.Running == 1);
        using StringContent content = new(Question(101), System.Text.Encoding.UTF8, "application/json");
        Task<HttpResponseMessage> cancelled = host.Client.PostAsync("/v2/models/gated/infer", content, impatience.Token);
        await Until(() => Pending(host) == 1);
        Task<(HttpStatusCode Status, string)> patient = host.Post("/v2/models/gated/infer", Question(102));
        await Until(() => Pending(host) == 2);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await Until(() => Pending(host) == 1);
        model.Open(2);
        await running;
        Assert.Equal(HttpStatusCode.OK, (await patient).Status);
        Assert.Equal([100f, 102f], model.Computed.SelectMany(batch => batch));
    }

    [Fact]
    public async Task A_request_that_the_model_fails_at_does_not_harm_those_of_its_batch()
    {
        using GatedModel model = new() { Poison = 666 };
        await using ServingHost host = await Start(model, new ModelOptions { MaxReplicas = 1 });
        Task<(HttpStatusCode, string)> running = host.Post("/v2/models/gated/infer", Question(100));
        await Until(() => model.Running == 1);
        Task<(HttpStatusCode Status, string Text)>[] batch = [.. new[] { 101, 666, 103, 104 }.Select(value => host.Post("/v2/models/gated/infer", Question(value)))];
        await Until(() => Pending(host) == 4);
        model.Open(10);
        (HttpStatusCode Status, string Text)[] answers = await Task.WhenAll(batch);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.OK], answers.Select(answer => answer.Status));
        Assert.Contains("[103]", answers[2].Text.Replace("\"data\":", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await running;
    }

    [Fact]
    public async Task Urgent_requests_overtake_the_others()
    {
        using GatedModel model = new() { Batches = false };
        await using ServingHost host = await Start(model, new ModelOptions { MaxReplicas = 1 });
        Task<(HttpStatusCode, string)> running = host.Post("/v2/models/gated/infer", Question(100));
        await Until(() => model.Running == 1);
        List<Task> waiting = [];
        foreach ((int value, int priority) in new[] { (101, 9), (102, 0), (103, 1) })
        {
            waiting.Add(host.Post("/v2/models/gated/infer", Question(value, $$""", "parameters": {"priority": {{priority}} }""")));
            await Until(() => Pending(host) == waiting.Count);
        }

        model.Open(4);
        await Task.WhenAll(waiting);
        await running;
        Assert.Equal([100f, 103f, 102f, 101f], model.Computed.SelectMany(batch => batch));
    }

    [Fact]
    public async Task Replicas_grow_with_the_queue_and_shrink_when_idle()
    {
        using GatedModel model = new() { Batches = false };
        await using ServingHost host = await Start(model, new ModelOptions { MaxReplicas = 3, TargetLatency = TimeSpan.FromMilliseconds(1) });
        Task<(HttpStatusCode, string)>[] waiting = [.. Enumerable.Range(100, 5).Select(value => host.Post("/v2/models/gated/infer", Question(value)))];
        await Until(() => model.Running == 3);
        Assert.Equal(3, host.Repository.Find("gated").Stable!.Replicas.Count);
        model.Open(5);
        await Task.WhenAll(waiting);
        await Until(() => host.Repository.Find("gated").Stable!.Replicas.Count == 1);
    }

    [Fact]
    public async Task A_server_that_stops_finishes_what_it_took_and_takes_no_more()
    {
        using GatedModel model = new() { Batches = false };
        ServingHost host = await Start(model, new ModelOptions { MaxReplicas = 1 });
        Task<(HttpStatusCode Status, string)> running = host.Post("/v2/models/gated/infer", Question(100));
        Task<(HttpStatusCode Status, string)> waiting = host.Post("/v2/models/gated/infer", Question(101));
        await Until(() => model.Running == 1 && Pending(host) == 1);
        host.Repository.Drain();
        (HttpStatusCode status, string text) = await host.Post("/v2/models/gated/infer", Question(102));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "draining"), (status, JsonDocument.Parse(text).RootElement.GetProperty("reason").GetString()));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Get("/v2/health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Get("/v2/health/live")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Get("/health")).Status);
        model.Open(2);
        ValueTask stopping = host.StopAsync();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await running).Status, (await waiting).Status));
        await stopping;
        await host.DisposeAsync();
    }

    private static Task<ServingHost> Start(GatedModel model, ModelOptions options) =>
        ServingHost.Start(new ServingOptions { Defaults = options }, new Dictionary<string, IServedModel> { ["gated"] = model });

    private static int Pending(ServingHost host) => host.Repository.Find("gated").Stable!.Replicas.Pending;

    private static string Question(int value, string more = "") => $$"""{"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 1], "data": [{{value}}]}]{{more}}}""";

    private static ModelInferRequest GrpcQuestion(float value)
    {
        ModelInferRequest request = Protocol.GrpcTests.Request("gated", "FP32", [1, 1], "x");
        request.Inputs[0].Contents = new InferTensorContents { Fp32Contents = { value } };
        return request;
    }

    private static async Task Until(Func<bool> condition)
    {
        for (int round = 0; round < 1000 && !condition(); round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(condition(), "What was waited for did not come.");
    }
}
