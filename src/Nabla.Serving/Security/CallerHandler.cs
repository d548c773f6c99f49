using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Nabla.Serving.Security.Keys;

namespace Nabla.Serving.Security;

/// <summary>
/// Chooses among the schemes by what a request carries, and takes callers for anybody where nobody is asked who they are: they may ask models, and change
/// nothing. It stands before each request, so it has no options and no logger of its own.
/// </summary>
internal sealed class CallerHandler(ServingOptions options) : IAuthenticationHandler
{
    /// <summary>The name of the scheme.</summary>
    public const string Scheme = "Nabla";

    private static readonly CallerIdentity Anybody = new(
        CallerIdentity.AnonymousMethod, CallerIdentity.AnonymousMethod, [new ModelGrant(ModelRole.Predict)]);

    private static readonly AuthenticateResult AnybodyIn = AuthenticateResult.Success(new AuthenticationTicket(Anybody.ToPrincipal(), Scheme));

    private HttpContext? context;

    private HttpContext Context => context ?? throw new InvalidOperationException($"{nameof(InitializeAsync)} comes first.");

    /// <inheritdoc/>
    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        this.context = context;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<AuthenticateResult> AuthenticateAsync() => SchemeOf(Context, options.Security) is { } scheme
        ? Context.AuthenticateAsync(scheme)
        : Task.FromResult(AnybodyIn);

    /// <summary>What is known of the caller of a request that is not asked who it is; null where it is asked, or says it by itself.</summary>
    public static AuthenticateResult? Unasked(HttpContext context, SecurityOptions security) => SchemeOf(context, security) is null ? AnybodyIn : null;

    /// <inheritdoc/>
    public Task ChallengeAsync(AuthenticationProperties? properties) => throw AccessAnswers.Refusal(Context);

    /// <inheritdoc/>
    public Task ForbidAsync(AuthenticationProperties? properties) => throw AccessAnswers.Refusal(Context);

    // A key has precedence over a certificate: it may have been shown for the connection by a proxy. Null for anybody.
    private static string? SchemeOf(HttpContext context, SecurityOptions security)
    {
        string? bearer = KeyHandler.BearerIn(context.Request);
        bool isKey = context.Request.Headers.ContainsKey(KeyHandler.Header) || bearer?.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) == true;
        return (isKey, bearer, security) switch
        {
            (true, _, { AsksWho: true } or { AdminKeyFile: not null }) => KeyHandler.Scheme,
            (false, not null, { Jwt: not null }) => TokenRegistration.Scheme,
            (false, null, { ClientCertificates: not null }) when context.Connection.ClientCertificate is not null => ClientCertificates.Scheme,
            (_, _, { AsksWho: true }) => KeyHandler.Scheme,
            _ => null,
        };
    }
}
