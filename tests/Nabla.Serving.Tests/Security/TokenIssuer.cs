using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Nabla.Serving.Tests.Security;

/// <summary>An OpenID Connect provider on this machine: its description, its key, and tokens signed with RS256 by the standards' own words (RFC 7515, 7519).</summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    private readonly RSA key = RSA.Create(2048);
    private readonly WebApplication app;

    private TokenIssuer()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/.well-known/openid-configuration", () => Results.Text($$"""{"issuer": "{{Address}}", "jwks_uri": "{{Address}}/keys"}""", "application/json"));
        app.MapGet("/keys", () => Results.Text(KeySet(), "application/json"));
    }

    public string Address => app.Urls.First();

    public static async Task<TokenIssuer> Start()
    {
        TokenIssuer issuer = new();
        await issuer.app.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    /// <summary>A token.</summary>
    /// <param name="claims">Its claims beside issuer and end.</param>
    /// <param name="minutes">How long it is valid.</param>
    /// <param name="algorithm">What the header says of the signature.</param>
    /// <param name="signer">Who signs; null for the provider.</param>
    public string Create(Dictionary<string, object> claims, int minutes = 5, string algorithm = "RS256", RSA? signer = null)
    {
        Dictionary<string, object> payload = new(claims) { ["iss"] = Address, ["exp"] = DateTimeOffset.UtcNow.AddMinutes(minutes).ToUnixTimeSeconds() };
        string signed = $"{Encoded(new { alg = algorithm, kid = "1", typ = "JWT" })}.{Encoded(payload)}";
        byte[] signature = algorithm == "none" ? [] : (signer ?? key).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        key.Dispose();
    }

    private string KeySet()
    {
        RSAParameters parameters = key.ExportParameters(includePrivateParameters: false);
        return $$"""{"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", "n": "{{Base64Url.EncodeToString(parameters.Modulus)}}", "e": "{{Base64Url.EncodeToString(parameters.Exponent)}}"}]}""";
    }

    private static string Encoded(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
