using Nabla.Serving.Security;

namespace Nabla.Serving;

/// <summary>Tokens (JWT) of an OpenID Connect provider, sent as <c>Authorization: Bearer TOKEN</c>.</summary>
/// <param name="Authority">The provider, by https, or by http on this machine: its keys come from its <c>.well-known/openid-configuration</c>.</param>
/// <param name="Audience">Whom the tokens must be meant for.</param>
/// <example><code>JwtOptions jwt = new("https://login.example.org", "nabla") { Roles = new Dictionary&lt;string, IReadOnlyList&lt;string&gt;&gt; { ["team-a"] = ["predict:digits"] } };</code></example>
public sealed record JwtOptions(string Authority, string Audience)
{
    private const string UsualNameClaim = "sub";
    private const string UsualRoleClaim = "roles";

    /// <summary>The claim that says who the caller is; null for <c>sub</c>.</summary>
    public string? NameClaim { get; init; }

    /// <summary>The claim whose values are looked up in <see cref="Roles"/>; null for <c>roles</c>.</summary>
    public string? RoleClaim { get; init; }

    /// <summary>The roles for each value of the claim; values that are not there give none. Null where the values are roles themselves.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Roles { get; init; }

    /// <summary>The name of the claim that says who the caller is.</summary>
    internal string NameClaimType => NameClaim ?? UsualNameClaim;

    /// <summary>The name of the claim that gives roles.</summary>
    internal string RoleClaimType => RoleClaim ?? UsualRoleClaim;

    /// <summary>What the values of the claim allow.</summary>
    internal IReadOnlyList<ModelGrant> GrantsOf(IEnumerable<string> values) => Roles is null
        ? [.. values.Select(ModelGrant.TryParse).OfType<ModelGrant>()]
        : [.. values.SelectMany(value => Roles.GetValueOrDefault(value, [])).Select(ModelGrant.Parse)];

    /// <summary>Refuses what makes no sense.</summary>
    internal void Validate()
    {
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out Uri? authority) || !(authority.Scheme == Uri.UriSchemeHttps || IsLocal(authority)))
        {
            throw new ArgumentException($"security.jwt.authority: expected an https address, got '{Authority}'.");
        }

        if (string.IsNullOrEmpty(Audience))
        {
            throw new ArgumentException("security.jwt.audience: expected whom tokens are meant for, got nothing.");
        }

        foreach ((string value, IReadOnlyList<string> roles) in Roles ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            ModelGrant.RequireAll(roles, $"security.jwt.roles.{value}");
        }
    }

    /// <summary>Whether the provider is on this machine, where http is safe.</summary>
    internal static bool IsLocal(Uri address) => address.Scheme == Uri.UriSchemeHttp && address.IsLoopback;
}
