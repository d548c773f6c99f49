using System.Security.Claims;

namespace Nabla.Serving.Security;

/// <summary>Who calls, how that was found out, and what they may do.</summary>
internal sealed class CallerIdentity : ClaimsIdentity
{
    /// <summary>How callers are found out that nobody asks who they are.</summary>
    public const string AnonymousMethod = "anonymous";

    /// <param name="name">Who.</param>
    /// <param name="method">How it was found out.</param>
    /// <param name="grants">What they may do.</param>
    /// <param name="limit">How much they may ask; null for as much as others.</param>
    public CallerIdentity(string name, string method, IReadOnlyList<ModelGrant> grants, RateLimit? limit = null)
        : base([new Claim(DefaultNameClaimType, name)], method)
    {
        (Caller, Grants, Limit) = (name, grants, limit);
    }

    /// <summary>Who.</summary>
    public string Caller { get; }

    /// <summary>What they may do.</summary>
    public IReadOnlyList<ModelGrant> Grants { get; }

    /// <summary>How much they may ask; null for as much as others.</summary>
    public RateLimit? Limit { get; }

    /// <summary>Whether nobody has asked who they are.</summary>
    public bool IsAnonymous => AuthenticationType == AnonymousMethod;

    /// <summary>Whether they have a role with a model.</summary>
    public bool May(ModelRole role, string model) => Grants.Any(grant => grant.Gives(role, model));

    /// <summary>Whether they have a role with any model.</summary>
    public bool MayWithAny(ModelRole role) => Grants.Any(grant => grant.Role >= role);

    /// <summary>Whether they have a role with all models.</summary>
    public bool MayWithAll(ModelRole role) => Grants.Any(grant => grant.Role >= role && grant.Model is null);

    /// <summary>Them as the framework knows callers.</summary>
    public ClaimsPrincipal ToPrincipal() => new(this);
}
