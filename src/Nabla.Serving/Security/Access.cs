using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Security;

/// <summary>With which models a caller needs a role.</summary>
internal enum ModelScope
{
    /// <summary>With the one that the path names; with all where it names none.</summary>
    Named,

    /// <summary>With any: the answer tells of no model that the caller may not see.</summary>
    Any,
}

/// <summary>What a caller needs for an endpoint.</summary>
internal sealed record AccessRequirement(ModelRole Role, ModelScope Scope) : IAuthorizationRequirement;

/// <summary>Says for each endpoint what its callers need.</summary>
internal static class Access
{
    private const string ModelInPath = "name";

    /// <summary>Asks callers of an endpoint for a role, and counts what they ask.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, ModelRole role, ModelScope scope = ModelScope.Named)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(Policy(role, scope)).RequireRateLimiting(CallerQuota.Name).WithMetadata(new AccessRequirement(role, scope));

    /// <summary>What asks for a role.</summary>
    public static AuthorizationPolicy Policy(ModelRole role, ModelScope scope = ModelScope.Named) =>
        new([new AccessRequirement(role, scope)], [CallerHandler.Scheme]);

    /// <summary>Whether the caller of a request has what an endpoint needs.</summary>
    public static bool Has(HttpContext context, AccessRequirement needed)
    {
        if (CallerOf(context) is not { } caller)
        {
            return false;
        }

        if (needed.Scope == ModelScope.Any)
        {
            return caller.MayWithAny(needed.Role);
        }

        return context.GetRouteValue(ModelInPath) is string model ? caller.May(needed.Role, model) : caller.MayWithAll(needed.Role);
    }

    /// <summary>Sees that the caller of a request has a role with a model that the path does not name.</summary>
    /// <exception cref="ServingException">They have not.</exception>
    public static void Require(HttpContext context, ModelRole role, string model)
    {
        if (CallerOf(context) is not { } caller || !caller.May(role, model))
        {
            throw AccessAnswers.Refusal(context);
        }
    }

    /// <summary>Whether the caller of a request may see a model.</summary>
    public static bool MaySee(HttpContext context, string model) => CallerOf(context)?.May(ModelRole.Read, model) == true;

    /// <summary>Who calls; null where nobody has been let in.</summary>
    public static CallerIdentity? CallerOf(HttpContext context) => context.User.Identity as CallerIdentity;
}

/// <summary>Compares what a caller may do with what an endpoint needs.</summary>
internal sealed class AccessHandler : AuthorizationHandler<AccessRequirement>
{
    /// <inheritdoc/>
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRequirement requirement)
    {
        if (context.Resource is HttpContext request && Access.Has(request, requirement))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
