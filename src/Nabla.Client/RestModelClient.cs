using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Nabla.Client;

/// <summary>Asks models over REST; tensors travel as bytes behind the JSON.</summary>
public sealed class RestModelClient : IModelClient, IDisposable
{
    internal const string JsonLengthHeader = "Inference-Header-Content-Length";

    private readonly HttpClient http;

    /// <summary>A client with retries: what a server refuses for the moment is asked again, when it says so.</summary>
    /// <param name="address">The server, such as <c>http://127.0.0.1:8000</c>.</param>
    public RestModelClient(Uri address)
        : this(new HttpClient(ResilientHandler.Create()) { BaseAddress = address })
    {
    }

    /// <summary>A client over a given one, such as <see cref="ModelClientExtensions.AddModelClient"/> makes.</summary>
    /// <param name="http">The client, with the address of the server.</param>
    public RestModelClient(HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(http);
        this.http = http;
    }

    /// <inheritdoc/>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken = default)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "v2/health/ready");
        RetryRules.MarkProbe(request);
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode;
    }

    /// <inheritdoc/>
    public async Task<ModelInfo> DescribeAsync(string model, string? version = null, CancellationToken cancellationToken = default)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, PathOf(model, version));
        (_, byte[] body) = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return JsonSerializer.Deserialize(body, ClientJson.Default.ModelInfo) ?? throw new ModelServerException("The server answered with null.", "invalid_answer");
    }

    /// <inheritdoc/>
    public async Task<ModelAnswer> InferAsync(string model, ModelQuestion question, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        (byte[] body, int jsonLength) = RestBody.Write(question);
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.TryAddWithoutValidation(JsonLengthHeader, jsonLength.ToString(CultureInfo.InvariantCulture));
        using HttpRequestMessage request = new(HttpMethod.Post, $"{PathOf(model, question.Version)}/infer") { Content = content };
        (HttpResponseHeaders headers, byte[] answer) = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        bool hasBinary = headers.TryGetValues(JsonLengthHeader, out IEnumerable<string>? values);
        int length = hasBinary && int.TryParse(values!.First(), NumberStyles.None, CultureInfo.InvariantCulture, out int given) && given <= answer.Length ? given : answer.Length;
        return RestBody.Read(answer, length);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static string PathOf(string model, string? version)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        string path = $"v2/models/{Uri.EscapeDataString(model)}";
        return version is null ? path : $"{path}/versions/{Uri.EscapeDataString(version)}";
    }

    private async Task<(HttpResponseHeaders Headers, byte[] Body)> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? (response.Headers, body) : throw ErrorOf(response, body);
    }

    private static ModelServerException ErrorOf(HttpResponseMessage response, byte[] body)
    {
        try
        {
            ErrorBody? error = JsonSerializer.Deserialize(body, ClientJson.Default.ErrorBody);
            return new ModelServerException(error?.Error ?? $"The server answered with {(int)response.StatusCode}.", error?.Reason ?? "") { RetryAfter = RetryRules.WaitOf(response) };
        }
        catch (JsonException inner)
        {
            return new ModelServerException($"The server answered with {(int)response.StatusCode}.", "", inner);
        }
    }
}
