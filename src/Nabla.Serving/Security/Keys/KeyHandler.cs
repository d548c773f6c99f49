using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Nabla.Serving.Security.Keys;

/// <summary>Knows callers by an API key in <c>X-API-Key</c> or as <c>Authorization: Bearer KEY</c>; gRPC sends the same as metadata.</summary>
internal sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KeyStore keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The name of the scheme.</summary>
    public new const string Scheme = "Nabla.Key";

    /// <summary>How logs call it.</summary>
    public const string Method = "key";

    /// <summary>The header for keys.</summary>
    public const string Header = "X-API-Key";

    private const string BearerScheme = "Bearer ";

    /// <summary>What a request carries as bearer; null for nothing.</summary>
    public static string? BearerIn(HttpRequest request) =>
        request.Headers.Authorization is [{ } value] && value.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase) ? value[BearerScheme.Length..].Trim() : null;

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? key = Request.Headers[Header] is [{ } header] ? header : BearerIn(Request);
        return Task.FromResult(key is null
            ? AuthenticateResult.NoResult()
            : keys.Find(key) is { } caller
                ? AuthenticateResult.Success(new AuthenticationTicket(caller.ToPrincipal(), Scheme))
                : AuthenticateResult.Fail("No such key."));
    }
}
