using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Http;
using Nabla.Serving.Models;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Faults;

/// <summary>Bodies that come slowly or not at all, and many at once.</summary>
public sealed class SlowBodyTests
{
    private const string Question = """{"inputs": [{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3]}]}""";
    private const string Gated = """{"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 1], "data": [100]}]}""";
    private const int Large = 1_000_000;

    [Fact]
    public async Task A_body_that_does_not_come_in_time_is_not_waited_for()
    {
        await using ServingHost host = await Start(new ServingOptions { RequestTimeout = TimeSpan.FromMilliseconds(300) });
        using TcpClient client = await Begin(host, Large, 100_000);
        string answer = await AnswerOf(client);
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"request_timeout\"", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_body_took_to_come_is_part_of_the_time_of_its_request()
    {
        using GatedModel model = new() { Batches = false };
        ManualTime time = new();
        await using ServingHost host = await ServingHost.Start(
            new ServingOptions { RequestTimeout = TimeSpan.FromHours(1) },
            new Dictionary<string, IServedModel> { ["x"] = model },
            services => services.AddSingleton<TimeProvider>(time));
        using TcpClient client = await Begin(host, Gated.Length + 1, 1);
        await Until(() => Budget(host).Bytes == 1);
        time.Advance(3599.9);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Gated), TestContext.Current.CancellationToken);
        string answer = await AnswerOf(client);
        Assert.StartsWith("HTTP/1.1 504", answer, StringComparison.Ordinal);
        model.Open();
    }

    [Fact]
    public async Task The_next_request_of_a_connection_has_time_of_its_own()
    {
        ManualTime time = new();
        await using ServingHost host = await ServingHost.Start(
            new ServingOptions { RequestTimeout = TimeSpan.FromHours(1) },
            new Dictionary<string, IServedModel> { ["x"] = new EchoModel(DataType.Float32) },
            services => services.AddSingleton<TimeProvider>(time));
        using TcpClient client = await Begin(host, Question.Length + 1, 1);
        await Until(() => Budget(host).Bytes == 1);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Question), TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 200", await AnswerOf(client), StringComparison.Ordinal);
        time.Advance(4000);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Head(host, Question.Length) + Question), TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 200", await AnswerOf(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_bodies_together_have_so_many_bytes_and_no_more()
    {
        await using ServingHost host = await Start(new ServingOptions { MaxRequestBytes = Large, MaxBytesInFlight = Large });
        using (TcpClient client = await Begin(host, Large, 800_000))
        {
            await Until(() => Budget(host).Bytes == 800_000);
            using HttpResponseMessage refused = await Post(host, 300_000);
            JsonElement answer = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "queue_full"), (refused.StatusCode, answer.GetProperty("reason").GetString()));
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        }

        await Until(() => Budget(host).Bytes == 0);
        using HttpResponseMessage taken = await Post(host, 300_000);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        await Until(() => Budget(host).Bytes == 0);
    }

    [Fact]
    public async Task A_connection_more_than_there_may_be_is_closed()
    {
        await using ServingHost host = await Start(new ServingOptions { MaxConnections = 1 });
        using TcpClient first = await Begin(host, Question.Length, 0);
        await first.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Question), TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 200", await AnswerOf(first), StringComparison.Ordinal);
        using TcpClient second = new();
        await second.ConnectAsync(IPAddress.Loopback, new Uri(host.RestAddress).Port, TestContext.Current.CancellationToken);
        Assert.Equal(0, await second.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    private static Task<ServingHost> Start(ServingOptions options) =>
        ServingHost.Start(options, new Dictionary<string, IServedModel> { ["x"] = new EchoModel(DataType.Float32) });

    private static BodyBudget Budget(ServingHost host) => host.Services.GetRequiredService<BodyBudget>();

    // The headers of a request, and the first bytes of its body, which are blanks.
    private static async Task<TcpClient> Begin(ServingHost host, int length, int sent)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(host.RestAddress).Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Head(host, length) + new string(' ', sent)), TestContext.Current.CancellationToken);
        return client;
    }

    private static string Head(ServingHost host, int length) =>
        $"POST /v2/models/x/infer HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {host.AdminKey}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n";

    // An answer is written at once, so it is read at once; that there is none at all is found out after a while.
    private static async Task<string> AnswerOf(TcpClient client)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        StringBuilder answer = new();
        byte[] part = new byte[4096];
        while (!answer.ToString().EndsWith('}'))
        {
            int count = await client.GetStream().ReadAsync(part, patience.Token);
            Assert.True(count > 0, $"The connection was closed after: {answer}");
            answer.Append(Encoding.UTF8.GetString(part, 0, count));
        }

        return answer.ToString();
    }

    private static async Task<HttpResponseMessage> Post(ServingHost host, int length)
    {
        using ByteArrayContent content = new(Encoding.ASCII.GetBytes(Question.PadRight(length)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await host.Client.PostAsync("/v2/models/x/infer", content, TestContext.Current.CancellationToken);
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
