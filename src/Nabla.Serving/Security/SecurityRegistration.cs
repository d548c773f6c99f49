using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Security.Keys;

namespace Nabla.Serving.Security;

/// <summary>Adds who may do what.</summary>
internal static class SecurityRegistration
{
    /// <summary>The scheme that chooses among the others by what a request carries.</summary>
    public const string Scheme = "Nabla";

    /// <summary>Adds the services. What says nothing of itself is for those who may read all models: an endpoint that is forgotten is not open.</summary>
    public static void AddServingSecurity(this IServiceCollection services, ServingOptions options)
    {
        SecurityOptions security = options.Security;
        services.AddSingleton<KeyStore>();
        services.AddSingleton<LoopbackRule>();
        services.AddHostedService<LoopbackCheck>();
        services.AddSingleton<IAuthorizationHandler, AccessHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessAnswers>();
        AuthenticationBuilder schemes = services.AddAuthentication(Scheme)
            .AddPolicyScheme(Scheme, null, policy => policy.ForwardDefaultSelector = context => SchemeOf(context, security))
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(KeyHandler.Scheme, null)
            .AddScheme<AuthenticationSchemeOptions, AnonymousHandler>(AnonymousHandler.Scheme, null);
        if (security.Jwt is { } jwt)
        {
            schemes.AddTokens(jwt);
        }

        if (security.ClientCertificates is { } certificates)
        {
            schemes.AddClientCertificates(certificates);
        }

        services.AddServingCertificates(security);
        services.AddRateLimiter(limiter => limiter.AddPolicy(CallerQuota.Name, new CallerQuota(options)));
        services.AddAuthorizationBuilder().SetFallbackPolicy(Access.Policy(ModelRole.Read));
    }

    /// <summary>Lets requests through whose callers may do what they ask.</summary>
    public static void UseServingSecurity(this WebApplication app)
    {
        KeyStore keys = app.Services.GetRequiredService<KeyStore>();
        keys.Open();
        LoopbackRule rule = app.Services.GetRequiredService<LoopbackRule>();
        app.Use((context, next) =>
        {
            rule.Require(context);
            return next(context);
        });
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
    }

    // A key has precedence over a certificate: it may have been shown for the connection by a proxy.
    private static string SchemeOf(HttpContext context, SecurityOptions security)
    {
        string? bearer = KeyHandler.BearerIn(context.Request);
        bool isKey = context.Request.Headers.ContainsKey(KeyHandler.Header) || bearer?.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) == true;
        return (isKey, bearer, security) switch
        {
            (true, _, { AsksWho: true } or { AdminKeyFile: not null }) => KeyHandler.Scheme,
            (false, not null, { Jwt: not null }) => TokenRegistration.Scheme,
            (false, null, { ClientCertificates: not null }) when context.Connection.ClientCertificate is not null => ClientCertificates.Scheme,
            (_, _, { AsksWho: true }) => KeyHandler.Scheme,
            _ => AnonymousHandler.Scheme,
        };
    }
}
