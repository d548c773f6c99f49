using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Faults;

/// <summary>Bodies that are too large, packed, cut into pieces, or not what they say.</summary>
public sealed class BadBodyTests
{
    private const string Question = """{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [0.1, 0.2, 0.3, 0.4]}]}""";

    private static readonly ServingOptions Small = new() { MaxRequestBytes = 10_000 };

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Packed_bodies_are_read(string encoding)
    {
        await using ServingHost host = await ServingHost.Start(Small, TestModels.Flowers());
        (HttpStatusCode status, _) = await Send(host, Pack(encoding, Encoding.UTF8.GetBytes(Question)), encoding);
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task What_a_body_unpacks_to_counts(string encoding)
    {
        await using ServingHost host = await ServingHost.Start(Small, TestModels.Flowers());
        byte[] bomb = Pack(encoding, new byte[20_000_000]);
        Assert.True(bomb.Length < 100_000);
        (HttpStatusCode status, JsonElement answer) = await Send(host, bomb, encoding);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too_large"), (status, answer.GetProperty("reason").GetString()));
        await host.PostJson("/v2/models/flowers/infer", Question);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_refused_with_or_without_its_length(bool isChunked)
    {
        await using ServingHost host = await ServingHost.Start(Small, TestModels.Flowers());
        (HttpStatusCode status, JsonElement answer) = await Send(host, new byte[10_001], null, isChunked);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too_large"), (status, answer.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task A_body_that_is_not_packed_as_it_says_is_refused()
    {
        await using ServingHost host = await ServingHost.Start(Small, TestModels.Flowers());
        Assert.Equal(HttpStatusCode.BadRequest, (await Send(host, Encoding.UTF8.GetBytes(Question), "gzip")).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await Send(host, Encoding.UTF8.GetBytes(Question), "zstd")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Send(host, Pack("gzip", Encoding.UTF8.GetBytes(Question))[..30], "gzip")).Status);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/xml")]
    [InlineData("nonsense")]
    public async Task Other_media_types_are_refused(string mediaType)
    {
        await using ServingHost host = await ServingHost.Start(Small, TestModels.Flowers());
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(Question));
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        using HttpResponseMessage response = await host.Client.PostAsync("/v2/models/flowers/infer", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task Thousands_of_tiny_chunks_are_one_body()
    {
        await using ServingHost host = await ServingHost.Start(Small, TestModels.Flowers());
        string padded = Question + new string(' ', 3000);
        StringBuilder request = new("POST /v2/models/flowers/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
        foreach (char letter in padded)
        {
            request.Append("1\r\n").Append(letter).Append("\r\n");
        }

        string answer = await Raw(host, request.Append("0\r\n\r\n").ToString());
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_lengths_of_the_json_are_refused()
    {
        await using ServingHost host = await ServingHost.Start(Small, TestModels.Flowers());
        string answer = await Raw(
            host,
            $"POST /v2/models/flowers/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nConnection: close\r\nContent-Length: {Question.Length}\r\n"
            + $"Inference-Header-Content-Length: {Question.Length}\r\nInference-Header-Content-Length: 0\r\n\r\n{Question}");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains($"but got '{Question.Length},0'", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_in_the_middle_harms_nobody()
    {
        await using ServingHost host = await ServingHost.Start(Small, TestModels.Flowers());
        for (int count = 0; count < 10; count++)
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, new Uri(host.RestAddress).Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(
                "POST /v2/models/flowers/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"inputs\""u8.ToArray(),
                TestContext.Current.CancellationToken);
        }

        await host.PostJson("/v2/models/flowers/infer", Question);
        Assert.Equal(0, host.Repository.Find("flowers").Stable!.Replicas.Pending);
    }

    [Theory]
    [InlineData("GET", "/v2/models/flowers/infer", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/v2/models/flowers", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/v2/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v2/models/..%2f..%2fetc/ready", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v2/models/flowers/versions/99999999999999999999", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v2/models/flowers/versions/-1", HttpStatusCode.NotFound)]
    [InlineData("POST", "/v2/repository/models/none/load", HttpStatusCode.NotFound)]
    [InlineData("POST", "/v2/repository/models/none/unload", HttpStatusCode.NotFound)]
    [InlineData("POST", "/v2/repository/models/..%2F..%2Fetc/load", HttpStatusCode.NotFound)]
    public async Task Ways_that_lead_nowhere_are_answered_in_the_form_of_the_protocol(string method, string path, HttpStatusCode expected)
    {
        await using ServingHost host = await ServingHost.Start(Small, TestModels.Flowers());
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
        Assert.NotEmpty(JsonDocument.Parse(text).RootElement.GetProperty("error").GetString()!);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> Send(ServingHost host, byte[] body, string? encoding, bool isChunked = false)
    {
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        using HttpRequestMessage request = new(HttpMethod.Post, "/v2/models/flowers/infer") { Content = content };
        request.Headers.TransferEncodingChunked = isChunked;
        using HttpResponseMessage response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
    }

    private static async Task<string> Raw(ServingHost host, string request)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(host.RestAddress).Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using StreamReader reader = new(client.GetStream());
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static byte[] Pack(string encoding, byte[] body)
    {
        using MemoryStream packed = new();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Optimal),
            "br" => new BrotliStream(packed, CompressionLevel.Optimal),
            _ => new ZLibStream(packed, CompressionLevel.Optimal),
        })
        {
            stream.Write(body);
        }

        return packed.ToArray();
    }
}
