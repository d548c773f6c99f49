using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Nabla.Formats;
using Nabla.Serving.Audit;
using Nabla.Serving.Protos;
using Nabla.Serving.Security.Keys;
using Nabla.Serving.Tests.Hosts;
using Nabla.Serving.Tests.Security;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Audit;

public sealed class AuditTests : IDisposable
{
    private const string Question = """{"id": "q-1", "inputs": [{"name": "input", "datatype": "FP32", "shape": [2, 4], "data": [0.125, 0.2, 0.3, 0.4, 0.1, 0.2, 0.3, 0.4]}]}""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Each_request_says_who_asked_what_and_what_came_of_it()
    {
        using KeyRing ring = new(("alice", ["predict:flowers"]));
        AuditOptions audit = new() { Path = folder.File("audit.jsonl") };
        await using (ServingHost host = await ServingHost.Start(ring.Options with { Audit = audit }, TestModels.Flowers()))
        {
            using HttpClient client = new() { BaseAddress = new Uri(host.RestAddress) };
            (string, string) key = ("X-API-Key", ring["alice"]);
            await KeyRing.Ask(client, HttpMethod.Post, "/v2/models/flowers/infer", key, Question);
            await KeyRing.Ask(client, HttpMethod.Post, "/v2/models/flowers/infer", key, "{}");
            await KeyRing.Ask(client, HttpMethod.Post, "/v2/repository/models/flowers/unload", key, "{}");
            await KeyRing.Ask(client, HttpMethod.Post, "/v1/models/flowers:predict", null, "{}");
            await KeyRing.Ask(client, HttpMethod.Get, "/v2/models/flowers", key);
            GRPCInferenceService.GRPCInferenceServiceClient grpc = new(host.Channel);
            await Assert.ThrowsAsync<RpcException>(async () => await grpc.ModelInferAsync(
                Protocol.GrpcTests.Request("flowers", "FP32", [1, 3]), new Metadata { { "x-api-key", ring["alice"] } }, cancellationToken: TestContext.Current.CancellationToken));
        }

        JsonElement[] lines = Lines(audit.Path!);
        Assert.Equal(
            [
                "alice key POST /v2/models/{name}/infer flowers 1 q-1 2 ok 200",
                "alice key POST /v2/models/{name}/infer flowers    invalid_request 400",
                "alice key POST /v2/repository/models/{name}/unload flowers    forbidden 403",
                "  POST /v1/models/{name}:predict flowers    unauthenticated 401",
                "alice key POST /inference.GRPCInferenceService/ModelInfer flowers    invalid_request 200",
            ],
            lines.Select(Line));
        Assert.All(lines, line => Assert.True(line.GetProperty("milliseconds").GetDouble() >= 0));
        Assert.All(lines, line => Assert.InRange(line.GetProperty("time").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow));
        Assert.All(lines, line => Assert.Equal(JsonValueKind.Null, line.GetProperty("from").ValueKind));
        Assert.True(KeyRing.IsPrivate(audit.Path!));
    }

    [Fact]
    public async Task No_key_and_no_body_is_in_any_log()
    {
        using KeyRing ring = new(("alice", ["admin"]));
        string wrong = ApiKey.Create();
        CollectedLogs logs = new();
        ServingOptions options = ring.Options with { Audit = new AuditOptions { Inputs = true, PlainAddresses = true } };
        await using (ServingHost host = await ServingHost.Start(options, logs, TestModels.Reviews()))
        {
            using HttpClient client = new() { BaseAddress = new Uri(host.RestAddress) };
            foreach ((string, string) header in new[] { ("X-API-Key", ring["alice"]), ("Authorization", $"Bearer {ring["alice"]}"), ("X-API-Key", wrong), ("Authorization", $"Bearer {wrong}") })
            {
                await KeyRing.Ask(client, HttpMethod.Post, "/predict/reviews", header, """{"text": "the secret film of Mr Smith"}""");
                await KeyRing.Ask(client, HttpMethod.Post, "/v2/models/reviews/infer", header, """{"secret film": 1""");
            }
        }

        string all = string.Join('\n', logs.Lines);
        Assert.Contains("unauthenticated", all, StringComparison.Ordinal);
        Assert.Contains("\"ok\"", all, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", all, StringComparison.Ordinal);
        Assert.All([ring["alice"], wrong, "secret film", "Mr Smith"], secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
        foreach (string key in new[] { ring["alice"], wrong })
        {
            Assert.DoesNotContain(Convert.ToHexString(ApiKey.HashOf(key)), all, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Columns_are_masked_as_the_signature_says()
    {
        byte[] hmacKey = RandomNumberGenerator.GetBytes(64);
        AuditOptions audit = new() { Path = folder.File("audit.jsonl"), Inputs = true, HmacKeyFile = folder.Write("hmac", Convert.ToBase64String(hmacKey)) };
        SavedModel model = TestModels.Table();
        SignatureTensor input = model.Signature.Inputs[0] with
        {
            Columns = new Dictionary<string, FieldClassification>
            {
                ["sepal_length"] = FieldClassification.Public,
                ["sepal_width"] = FieldClassification.Personal,
                ["petal_length"] = FieldClassification.Sensitive,
            },
        };
        model = model with { Signature = model.Signature with { Inputs = [input] } };
        await using (ServingHost host = await ServingHost.Start(new ServingOptions { Audit = audit }, model))
        {
            for (int count = 0; count < 2; count++)
            {
                await host.PostJson("/predict/iris", """{"sepal_length": 5.125, "sepal_width": 3.375, "petal_length": 1.625, "petal_width": 0.875}""");
            }
        }

        JsonElement[] lines = Lines(audit.Path!);
        JsonElement inputs = lines[0].GetProperty("inputs");
        Assert.Equal(["sepal_length", "sepal_width"], inputs.EnumerateObject().Select(field => field.Name));
        Assert.Equal("5.125", inputs.GetProperty("sepal_length").GetString());
        string mask = inputs.GetProperty("sepal_width").GetString()!;
        Assert.Equal(Expected(hmacKey, "3.375"), mask);
        Assert.Equal(mask, lines[1].GetProperty("inputs").GetProperty("sepal_width").GetString());
        Assert.Equal(lines[0].GetProperty("from").GetString(), Expected(hmacKey, "127.0.0.1"));
        string text = File.ReadAllText(audit.Path!);
        Assert.All(["3.375", "1.625", "0.875", "127.0.0.1"], value => Assert.DoesNotContain(value, text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_full_file_makes_room_and_the_oldest_goes()
    {
        string path = folder.File("audit.jsonl");
        using (AuditFile file = new(path, 100, 2))
        {
            ILogger log = file.CreateLogger(AuditLog.Category);
            for (int number = 0; number < 12; number++)
            {
                log.Log(LogLevel.Information, default, $"line {number:00} {new string('x', 30)}", null, (state, _) => state);
            }

            file.CreateLogger("Other").Log(LogLevel.Critical, default, "not here", null, (state, _) => state);
        }

        Assert.Equal(["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2"], Directory.EnumerateFiles(folder.ToString()).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        string[] kept = [.. new[] { $"{path}.2", $"{path}.1", path }.SelectMany(File.ReadAllLines)];
        Assert.Equal(Enumerable.Range(6, 6).Select(number => number.ToString("00", CultureInfo.InvariantCulture)), kept.Select(line => line[5..7]));
        Assert.All(new[] { path, $"{path}.1", $"{path}.2" }, name => Assert.InRange(new FileInfo(name).Length, 1, 100));
    }

    [Fact]
    public void Lines_that_cannot_be_written_are_counted()
    {
        string path = folder.File("sub/audit.jsonl");
        using AuditFile file = new(path, 1000, 2);
        ILogger log = file.CreateLogger(AuditLog.Category);
        log.Log(LogLevel.Information, default, "one", null, (state, _) => state);
        log.Log(LogLevel.Information, default, "two", null, (state, _) => state);
        Directory.CreateDirectory(folder.File("sub"));
        log.Log(LogLevel.Information, default, "three", null, (state, _) => state);
        Assert.Equal(["{\"lost\":2}", "three"], File.ReadAllLines(path));
    }

    [Fact]
    public void A_key_for_masking_that_is_too_short_is_refused()
    {
        AuditOptions audit = new() { HmacKeyFile = folder.Write("hmac", Convert.ToBase64String(new byte[16])) };
        Assert.Contains("32 bytes or more", Assert.Throws<ArgumentException>(audit.Validate).Message, StringComparison.Ordinal);
    }

    private static JsonElement[] Lines(string path) => [.. File.ReadAllLines(path).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string Line(JsonElement line) => string.Join(
        ' ', new[] { "who", "by", "what", "model", "version", "request", "rows", "outcome", "status" }.Select(field => line.TryGetProperty(field, out JsonElement value) ? value.ToString() : ""));

    // The form of Microsoft.Extensions.Compliance.Redaction: the key's number and the first 16 bytes of HMAC-SHA256 over the text in UTF-16.
    private static string Expected(byte[] key, string text) =>
        $"1:{Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.Unicode.GetBytes(text)).AsSpan(0, 16))}";
}

/// <summary>Keeps what is logged, of all kinds.</summary>
internal sealed class CollectedLogs : ILoggerProvider, ILogger
{
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (lines)
        {
            lines.Add($"{formatter(state, exception)} {exception}");
        }
    }

    public void Dispose()
    {
    }
}
