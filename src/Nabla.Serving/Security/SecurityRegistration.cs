using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Security.Keys;

namespace Nabla.Serving.Security;

/// <summary>Adds who may do what.</summary>
internal static class SecurityRegistration
{
    /// <summary>Adds the services. What says nothing of itself is for those who may read all models: an endpoint that is forgotten is not open.</summary>
    public static void AddServingSecurity(this IServiceCollection services, ServingOptions options)
    {
        SecurityOptions security = options.Security;
        services.AddSingleton<KeyStore>();
        services.AddSingleton<LoopbackRule>();
        services.AddHostedService<LoopbackCheck>();
        services.AddSingleton<IAuthorizationHandler, AccessHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessAnswers>();
        services.AddTransient<CallerHandler>();
        services.AddSingleton<AuthorizationParts>();
        services.AddTransient<IPolicyEvaluator, AccessEvaluator>();
        AuthenticationBuilder schemes = services.AddAuthentication(CallerHandler.Scheme)
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(KeyHandler.Scheme, null);
        services.Configure<AuthenticationOptions>(known => known.AddScheme<CallerHandler>(CallerHandler.Scheme, null));
        if (security.Jwt is { } jwt)
        {
            schemes.AddTokens(jwt);
        }

        if (security.ClientCertificates is { } certificates)
        {
            schemes.AddClientCertificates(certificates);
        }

        services.AddServingCertificates(security);
        services.AddRateLimiter(limiter => limiter.AddPolicy<QuotaKey, CallerQuota>(CallerQuota.Name));
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
        app.UseCallerAuthentication();
        app.UseCallerAccess();
    }
}
