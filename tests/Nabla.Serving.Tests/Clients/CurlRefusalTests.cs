using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nabla.Serving.Models;
using Nabla.Serving.Repository;
using Nabla.Serving.Tests.Hosts;
using Nabla.Serving.Tests.Security;

namespace Nabla.Serving.Tests.Clients;

/// <summary>Every refusal of the guide's table, met by curl: its status, its reason, and whether it says when to come back.</summary>
public sealed partial class CurlRefusalTests
{
    private const string Infer = "/v2/models/x/infer";
    private const string Json = "Content-Type: application/json";

    [Theory]
    [InlineData("invalid_request", 400, false)]
    [InlineData("unauthenticated", 401, false)]
    [InlineData("forbidden", 403, false)]
    [InlineData("not_found", 404, false)]
    [InlineData("request_timeout", 408, false)]
    [InlineData("too_large", 413, false)]
    [InlineData("unsupported_media_type", 415, false)]
    [InlineData("quota_spent", 429, true)]
    [InlineData("queue_full", 503, true)]
    [InlineData("loading", 503, true)]
    [InlineData("draining", 503, true)]
    [InlineData("not_ready", 503, false)]
    [InlineData("deadline_exceeded", 504, false)]
    [InlineData("internal", 500, false)]
    public async Task Each_refusal_has_its_status_and_reason(string reason, int status, bool saysWhen)
    {
        using Refusals refusals = new();
        (int got, string? wait, string body) = await refusals.Meet(reason);
        Assert.Equal((status, saysWhen), (got, wait is not null));
        JsonElement answer = JsonDocument.Parse(body).RootElement;
        Assert.Equal(reason, answer.GetProperty("reason").GetString());
        Assert.NotEmpty(answer.GetProperty("error").GetString()!);
        (int Status, bool SaysWhen, string Reason)[] guide = [.. Guide()];
        Assert.Contains((status, saysWhen, reason), guide);
    }

    [Fact]
    public void No_row_of_the_guide_is_left_out() => Assert.Equal(
        typeof(CurlRefusalTests).GetMethod(nameof(Each_refusal_has_its_status_and_reason))!.GetCustomAttributes(inherit: false).OfType<InlineDataAttribute>().Count(),
        Guide().Count());

    // The rows of the table that have a status of REST; where a row has several reasons, each is one.
    private static IEnumerable<(int Status, bool SaysWhen, string Reason)> Guide() =>
        from line in File.ReadLines(Nabla.Tests.Repository.PathOf("docs/serving.md"))
        let row = Row().Match(line)
        where row.Success
        from Match reason in Reason().Matches(row.Groups["reasons"].Value)
        select (int.Parse(row.Groups["status"].Value, CultureInfo.InvariantCulture), row.Groups["retry"].Success, reason.Groups[1].Value);

    [GeneratedRegex(@"^\|[^|]*\| (?<status>\d{3})(?<retry>, Retry-After)? \|[^|]*\| (?<reasons>`[^|]*`) \|$")]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Reason();

    // Brings a server into the state in which it refuses.
    private sealed class Refusals : IDisposable
    {
        private readonly GatedModel gated = new() { Batches = false };
        private readonly KeyRing ring = new(("reader", ["read"]));

        public void Dispose()
        {
            gated.Dispose();
            ring.Dispose();
        }

        public async Task<(int Status, string? RetryAfter, string Body)> Meet(string reason)
        {
            ServingOptions options = reason is "unauthenticated" or "forbidden" or "quota_spent" ? ring.Options : new ServingOptions();
            ring.Add("limited", ["predict"], limit: new RateLimit(1, TimeSpan.FromHours(1)));
            IServedModel model = reason == "internal" ? new FailingModel() : gated;
            await using ServingHost host = await ServingHost.Start(
                options with
                {
                    MaxRequestBytes = 4096,
                    RequestTimeout = reason == "request_timeout" ? TimeSpan.FromMilliseconds(300) : TimeSpan.FromSeconds(30),
                    Defaults = new ModelOptions { QueueLimit = 1, MaxReplicas = 1 },
                },
                new Dictionary<string, IServedModel> { ["x"] = model });
            Task<(HttpStatusCode, string)>[] others = [];
            switch (reason)
            {
                case "request_timeout":
                    return await AskSlowly(host);
                case "quota_spent":
                    await Ask(host, "{}", "-H", $"X-API-Key: {ring["limited"]}");
                    break;
                case "queue_full":
                    others = [host.Post(Infer, Question(100)), host.Post(Infer, Question(101))];
                    await Until(() => model is GatedModel { Running: 1 } && host.Repository.Find("x").Stable!.Replicas.Pending == 1);
                    break;
                case "deadline_exceeded":
                    others = [host.Post(Infer, Question(100))];
                    await Until(() => gated.Running == 1);
                    break;
                case "loading":
                    await host.Repository.Find("x").Withdraw(1)!.Replicas.CloseAsync();
                    host.Repository.Find("x").Note(1, VersionState.Loading);
                    break;
                case "not_ready":
                    await host.PostJson("/v2/repository/models/x/unload", "{}");
                    break;
                case "draining":
                    host.Repository.Drain();
                    break;
            }

            (int Status, string? RetryAfter, string Body) met = reason switch
            {
                "invalid_request" => await Ask(host, "{}"),
                "forbidden" => await Ask(host, Question(1), "-H", $"X-API-Key: {ring["reader"]}"),
                "quota_spent" => await Ask(host, Question(1), "-H", $"X-API-Key: {ring["limited"]}"),
                "not_found" => await ClientProgram.Curl($"{host.RestAddress}/v2/models/none/infer", "-H", Json, "-d", Question(1)),
                "too_large" => await Ask(host, new string(' ', 5000)),
                "unsupported_media_type" => await ClientProgram.Curl(host.RestAddress + Infer, "-H", "Content-Type: text/html", "-d", "x"),
                "deadline_exceeded" => await Ask(host, Question(101, """, "parameters": {"timeout": 20000}""")),
                _ => await Ask(host, Question(101)),
            };
            gated.Open(4);
            await Task.WhenAll(others);
            return met;
        }

        private static Task<(int Status, string? RetryAfter, string Body)> Ask(ServingHost host, string body, params string[] more) =>
            ClientProgram.Curl(host.RestAddress + Infer, ["-H", Json, "-d", body, .. more]);

        // curl has no way to stop in the middle of a body; all that comes is its answer.
        private static async Task<(int Status, string? RetryAfter, string Body)> AskSlowly(ServingHost host)
        {
            Uri address = new(host.RestAddress);
            using TcpClient client = new(address.Host, address.Port);
            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes($"POST {Infer} HTTP/1.1\r\nHost: {address.Authority}\r\n{Json}\r\nContent-Length: 900\r\n\r\n{{"), TestContext.Current.CancellationToken);
            using StreamReader reader = new(client.GetStream());
            string text = "";
            char[] buffer = new char[4096];
            while (!text.Contains('}', StringComparison.Ordinal) && await reader.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and int length)
            {
                text += new string(buffer, 0, length);
            }

            return (int.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture), null, text[text.IndexOf('{', StringComparison.Ordinal)..]);
        }

        private static string Question(float value, string parameters = "") =>
            $$"""{"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 1], "data": [{{value}}]}]{{parameters}}}""";

        private static async Task Until(Func<bool> condition)
        {
            for (int round = 0; round < 1000 && !condition(); round++)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }
    }
}
