using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace Nabla.Serving.Security;

/// <summary>
/// The framework's evaluation of policies, with a short way for the usual case: a caller that the default scheme has found, and a policy that asks for one
/// role and nothing else. Whatever else there is, and each refusal, goes the usual way. It is made for each request that needs it, as the framework's is: an
/// application's handlers may hold what belongs to one.
/// </summary>
internal sealed class AccessEvaluator(IAuthorizationService authorization, AuthorizationParts parts) : PolicyEvaluator(authorization)
{
    private static readonly Task<PolicyAuthorizationResult> Granted = Task.FromResult(PolicyAuthorizationResult.Success());

    /// <inheritdoc/>
    public override Task<AuthenticateResult> AuthenticateAsync(AuthorizationPolicy policy, HttpContext context) =>
        policy.AuthenticationSchemes is [CallerHandler.Scheme] && Access.CallerOf(context) is not null
            && context.Features.Get<IAuthenticateResultFeature>() is { AuthenticateResult: { Succeeded: true } found }
            ? Task.FromResult(found)
            : base.AuthenticateAsync(policy, context);

    /// <inheritdoc/>
    public override Task<PolicyAuthorizationResult> AuthorizeAsync(
        AuthorizationPolicy policy, AuthenticateResult authenticationResult, HttpContext context, object? resource) =>
        parts.AreOursAlone && authenticationResult.Succeeded && policy.Requirements is [AccessRequirement needed] && Access.Has(context, needed)
            ? Granted
            : base.AuthorizeAsync(policy, authenticationResult, context, resource);
}
