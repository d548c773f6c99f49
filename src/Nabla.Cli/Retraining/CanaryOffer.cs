using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Cli.Commands;

namespace Nabla.Cli.Retraining;

/// <summary>Asks a server to give a new version of a model some of its traffic. The version that serves now stays the stable one.</summary>
internal sealed class CanaryOffer : IDisposable
{
    private const string KeyVariable = "NABLA_API_KEY";

    private readonly HttpClient client;
    private readonly string model;

    /// <param name="server">The server's address.</param>
    /// <param name="model">The name of the model.</param>
    /// <exception cref="UsageException">The address is none.</exception>
    public CanaryOffer(string server, string model)
    {
        this.model = model;
        client = new HttpClient
        {
            BaseAddress = Uri.TryCreate(server.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
                ? address
                : throw new UsageException($"--server expects an address such as http://127.0.0.1:8000 but got '{server}'."),
        };
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>Makes the version that serves now the stable one by its number, so that a new one in the folder does not replace it.</summary>
    /// <returns>Its number.</returns>
    public async Task<int> HoldAsync(CancellationToken cancellationToken)
    {
        JsonObject rules = (await SendAsync(HttpMethod.Get, "traffic", null, cancellationToken).ConfigureAwait(false)).AsObject();
        int stable = rules["stable"] is { } named ? named.GetValue<int>() : await NewestAsync(cancellationToken).ConfigureAwait(false);
        rules["stable"] = stable;
        await SendAsync(HttpMethod.Post, "traffic", rules, cancellationToken).ConfigureAwait(false);
        return stable;
    }

    /// <summary>Gives a new version its share of the traffic.</summary>
    public Task OfferAsync(int stable, int canary, double share, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "traffic", new JsonObject { ["stable"] = stable, ["canary"] = canary, ["canaryShare"] = share }, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task<int> NewestAsync(CancellationToken cancellationToken)
    {
        JsonNode index = await SendAsync(HttpMethod.Post, "v2/repository/index", new JsonObject { ["ready"] = true }, cancellationToken, isModel: false).ConfigureAwait(false);
        int[] ready = [.. index.AsArray().Where(version => version!["name"]!.GetValue<string>() == model).Select(version => int.Parse(version!["version"]!.GetValue<string>(), CultureInfo.InvariantCulture))];
        return ready.Length > 0 ? ready.Max() : throw new UsageException($"{client.BaseAddress}: model '{model}' has no version that is ready.");
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken, bool isModel = true)
    {
        string target = isModel ? $"v2/repository/models/{Uri.EscapeDataString(model)}/{path}" : path;
        using HttpRequestMessage request = new(method, target) { Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            string text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? JsonNode.Parse(text)!
                : throw new UsageException($"{client.BaseAddress}{target}: the server answered {(int)response.StatusCode}: {text}{(Asks(response) ? $" Its key is read from {KeyVariable}." : "")}");
        }
        catch (Exception error) when (error is HttpRequestException or JsonException)
        {
            throw new UsageException($"{client.BaseAddress}{target}: the server does not answer as one of Nabla ({error.Message.TrimEnd('.')}).");
        }
    }

    private static bool Asks(HttpResponseMessage response) => (int)response.StatusCode is 401 or 403;
}
