using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Security;

/// <summary>
/// Refuses callers in the form of the protocol that they speak. No key, a wrong one, one that has expired and one that was revoked get the same answer.
/// </summary>
internal sealed class AccessAnswers : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler usual = new();

    /// <inheritdoc/>
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        bool isOurs = policy.Requirements.OfType<AccessRequirement>().Any();
        return isOurs ? throw Refusal(context) : usual.HandleAsync(next, context, policy, authorizeResult);
    }

    /// <summary>The answer to somebody who may not do what they ask.</summary>
    public static ServingException Refusal(HttpContext context) => Access.CallerOf(context) switch
    {
        { IsAnonymous: false } caller => new ServingException(ServingFault.Forbidden, $"'{caller.Caller}' has no role that allows this."),
        _ => new ServingException(ServingFault.Unauthenticated, "No valid key, token or certificate came with the request."),
    };
}
