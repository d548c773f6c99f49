using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nabla.Serving.Alerts;
using Nabla.Serving.Models;
using Nabla.Serving.Tests.Hosts;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Alerts;

/// <summary>A receiver that is a server of its own is told what is wrong.</summary>
public sealed class WebhookTests
{
    private const string Secret = "a secret of sixteen";

    [Fact]
    public void The_signature_is_that_of_openssl()
    {
        // printf '1700000000.{"alert":"drift"}' | openssl dgst -sha256 -hmac 'a secret of sixteen'
        Assert.Equal(
            "sha256=eaf1e58fd393406fab00ed82319f62fa85c4fb3ff31d138d76f5bd6d9c5e6946",
            AlertMessage.Sign(Encoding.UTF8.GetBytes(Secret), "1700000000", """{"alert":"drift"}"""u8.ToArray()));
    }

    [Fact]
    public async Task A_receiver_is_told_once_that_a_model_fails_and_once_that_it_is_well_again()
    {
        using TemporaryFolder folder = new();
        await using Receiver receiver = await Receiver.Start(failures: 2);
        AlertOptions alerts = new()
        {
            Webhook = receiver.Address,
            SecretFile = folder.Write("secret", $"{Secret}\n"),
            Interval = TimeSpan.FromMilliseconds(200),
            Window = TimeSpan.FromSeconds(2),
            MinRequests = 4,
            FailureRate = 0.3,
        };
        await using ServingHost host = await ServingHost.Start(new ServingOptions { Alerts = alerts }, new Dictionary<string, IServedModel> { ["broken"] = new FailingModel() });
        for (int request = 0; request < 6; request++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, (await host.Post("/v1/models/broken:predict", """{"instances": [[13]]}""")).Status);
        }

        JsonElement fired = await receiver.Next("firing");
        Assert.Equal(("failure_rate", "broken"), (fired.GetProperty("alert").GetString(), fired.GetProperty("model").GetString()));
        Assert.Equal((1, 0.3), (fired.GetProperty("value").GetDouble(), fired.GetProperty("threshold").GetDouble()));
        JsonElement resolved = await receiver.Next("resolved");
        Assert.Equal(fired.GetProperty("id").GetString(), resolved.GetProperty("id").GetString());
        Assert.True(resolved.GetProperty("endedAt").GetDateTimeOffset() > resolved.GetProperty("startedAt").GetDateTimeOffset());
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        Assert.Equal(2, receiver.Accepted.Count);
        Assert.Equal(2, receiver.Refused);
        Assert.True(receiver.AllSigned);
    }

    [Fact]
    public async Task A_secret_that_is_too_short_stops_the_start()
    {
        using TemporaryFolder folder = new();
        AlertOptions alerts = new() { Webhook = new Uri("http://127.0.0.1:9/"), SecretFile = folder.Write("secret", "short\n") };
        IOException error = await Assert.ThrowsAsync<IOException>(() => ServingHost.Start(new ServingOptions { Alerts = alerts }, TestModels.Flowers()));
        Assert.Contains("expected a secret of 16 to 4096 characters", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Takes messages, after it has refused the first ones.</summary>
    private sealed class Receiver(WebApplication app, int failures) : IAsyncDisposable
    {
        public ConcurrentQueue<JsonElement> Accepted { get; } = [];

        public int Refused { get; private set; }

        public bool AllSigned { get; private set; } = true;

        public Uri Address => new($"{app.Urls.First()}/hook");

        public static async Task<Receiver> Start(int failures)
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            WebApplication app = builder.Build();
            Receiver receiver = new(app, failures);
            app.MapPost("/hook", receiver.TakeAsync);
            app.Urls.Add("http://127.0.0.1:0");
            await app.StartAsync(TestContext.Current.CancellationToken);
            return receiver;
        }

        public async Task<JsonElement> Next(string status)
        {
            for (int round = 0; round < 600; round++)
            {
                if (Accepted.FirstOrDefault(message => message.GetProperty("status").GetString() == status) is { ValueKind: JsonValueKind.Object } found)
                {
                    return found;
                }

                await Task.Delay(50, TestContext.Current.CancellationToken);
            }

            throw new TimeoutException($"No message with the status {status} came.");
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body);
            byte[] signed = [.. Encoding.ASCII.GetBytes(context.Request.Headers["X-Nabla-Timestamp"] + "."), .. body.ToArray()];
            string expected = $"sha256={Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed))}";
            AllSigned &= expected.Equals(context.Request.Headers["X-Nabla-Signature"], StringComparison.OrdinalIgnoreCase);
            if (Refused < failures)
            {
                Refused++;
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            Accepted.Enqueue(JsonDocument.Parse(body.ToArray()).RootElement);
        }
    }
}
