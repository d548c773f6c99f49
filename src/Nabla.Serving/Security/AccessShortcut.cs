using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Nabla.Serving.Security;

/// <summary>
/// Lets those requests past the framework's authorization and rate limiting of which both would find nothing to say: to an endpoint of the server, by a
/// caller who is known, has the role that it asks for, and has no quota. Whatever else an application has these look at, for all requests or at an endpoint,
/// goes the usual way.
/// </summary>
internal sealed class AccessShortcut
{
    // What authorization notes of a request; the endpoint does not run without it.
    private const string IsAuthorized = "__AuthorizationMiddlewareWithEndpointInvoked";

    private static readonly object Noted = new();

    // What stands at an endpoint does not change, so each is looked at once.
    private readonly ConditionalWeakTable<Endpoint, StrongBox<AccessRequirement?>> needs = [];
    private readonly ServingOptions options;
    private readonly bool isOursAlone;

    /// <param name="services">The services of the application.</param>
    public AccessShortcut(IServiceProvider services)
    {
        options = services.GetRequiredService<ServingOptions>();
        isOursAlone = services.GetRequiredService<AuthorizationParts>().AreOursAlone
            && services.GetRequiredService<IOptions<RateLimiterOptions>>().Value.GlobalLimiter is null;
    }

    /// <summary>Whether a request may go on; if so, it is noted as authorized.</summary>
    public bool Takes(HttpContext context)
    {
        bool isTaken = isOursAlone && options.Security.RateLimit is null
            && Access.CallerOf(context) is { Limit: null }
            && context.Features.Get<IAuthenticateResultFeature>() is { AuthenticateResult.Succeeded: true }
            && context.GetEndpoint() is { } endpoint
            && needs.GetValue(endpoint, found => new StrongBox<AccessRequirement?>(OnlyNeed(found.Metadata))).Value is { } needed
            && Access.Has(context, needed);
        if (isTaken)
        {
            context.Items[IsAuthorized] = Noted;
        }

        return isTaken;
    }

    /// <summary>The role that an endpoint asks for, where it asks for nothing else of authorization and rate limiting; else null.</summary>
    internal static AccessRequirement? OnlyNeed(EndpointMetadataCollection endpoint) =>
        endpoint.GetOrderedMetadata<AccessRequirement>() is [{ } needed]
            && endpoint.GetOrderedMetadata<AuthorizationPolicy>() is [{ Requirements: [AccessRequirement asked], AuthenticationSchemes: [CallerHandler.Scheme] }]
            && asked == needed
            && endpoint.GetOrderedMetadata<IAuthorizeData>().All(data => data is { Policy: null, Roles: null, AuthenticationSchemes: null })
            && endpoint.GetOrderedMetadata<IAuthorizationRequirementData>() is []
            && endpoint.GetOrderedMetadata<EnableRateLimitingAttribute>() is [{ PolicyName: CallerQuota.Name }]
            && endpoint.GetMetadata<DisableRateLimitingAttribute>() is null
                ? needed
                : null;
}

/// <summary>Puts the framework's authorization and rate limiting behind it.</summary>
internal static class AccessShortcutRegistration
{
    // What UseAuthorization notes; an application without it gets the framework's middleware in front of everything, which would ask a second time.
    private const string IsAuthorizing = "__AuthorizationMiddlewareSet";

    /// <summary>Adds them.</summary>
    public static void UseCallerAccess(this IApplicationBuilder app)
    {
        AccessShortcut shortcut = new(app.ApplicationServices);
        app.Properties[IsAuthorizing] = true;
        app.UseWhen(context => !shortcut.Takes(context), usual =>
        {
            usual.UseAuthorization();
            usual.UseRateLimiter();
        });
    }
}
