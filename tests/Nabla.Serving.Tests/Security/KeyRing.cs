using System.Net;
using System.Text;
using System.Text.Json;
using Nabla.Serving.Security.Keys;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Security;

/// <summary>A file of API keys that goes away with the test, and requests with them.</summary>
internal sealed class KeyRing : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> keys = [];

    /// <param name="holders">Names, each with its roles.</param>
    public KeyRing(params (string Name, string[] Roles)[] holders)
    {
        foreach ((string name, string[] roles) in holders)
        {
            Add(name, roles);
        }
    }

    public string Path => folder.File("keys.json");

    public string this[string name] => keys[name];

    /// <summary>Options of a server that takes these keys.</summary>
    public ServingOptions Options => new() { Security = new SecurityOptions { Keys = Path } };

    public string Add(string name, string[] roles, DateTimeOffset? expires = null, RateLimit? limit = null)
    {
        string key = ApiKey.Create();
        KeyFile.Change(Path, all => [.. all, new KeyRecord(name, Convert.ToHexStringLower(ApiKey.HashOf(key)), roles, DateTimeOffset.UtcNow, expires, limit)]);
        return keys[name] = key;
    }

    public void Revoke(string name) => KeyFile.Change(Path, all => [.. all.Where(key => key.Name != name)]);

    public void Dispose() => folder.Dispose();

    /// <summary>Asks with a header for whoever asks; null for nobody.</summary>
    public static async Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)> Ask(
        HttpClient client, HttpMethod method, string path, (string Name, string Value)? header, string? json = null)
    {
        using HttpRequestMessage request = new(method, path);
        if (header is { } pair)
        {
            request.Headers.TryAddWithoutValidation(pair.Name, pair.Value);
        }

        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response);
    }

    /// <summary>Whether nobody but its owner may read a file, where systems have such modes.</summary>
    public static bool IsPrivate(string path) => OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>The reason in an error.</summary>
    public static string? ReasonIn(string json) => JsonDocument.Parse(json).RootElement.GetProperty("reason").GetString();
}
