using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Nabla.Serving.Security;

/// <summary>Knows callers by tokens of an OpenID Connect provider.</summary>
internal static class TokenRegistration
{
    /// <summary>The name of the scheme.</summary>
    public const string Scheme = "Nabla.Token";

    private const string Method = "token";

    // Signatures by keys that the provider shares with nobody; 'none' and shared secrets are not among them.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>Adds the scheme.</summary>
    public static void AddTokens(this AuthenticationBuilder schemes, JwtOptions jwt) => schemes.AddJwtBearer(Scheme, options =>
    {
        options.Authority = jwt.Authority;
        options.Audience = jwt.Audience;
        options.MapInboundClaims = false;
        options.RequireHttpsMetadata = !JwtOptions.IsLocal(new Uri(jwt.Authority));
        options.TokenValidationParameters.ValidAlgorithms = Algorithms;
        options.Events = new JwtBearerEvents { OnTokenValidated = context => Recognise(context, jwt) };
    });

    private static Task Recognise(TokenValidatedContext context, JwtOptions jwt)
    {
        if (context.Principal?.FindFirst(jwt.NameClaimType)?.Value is not { Length: > 0 } name)
        {
            context.Fail($"The token has no claim '{jwt.NameClaimType}'.");
            return Task.CompletedTask;
        }

        IEnumerable<string> values = context.Principal.FindAll(jwt.RoleClaimType).Select(claim => claim.Value);
        context.Principal = new CallerIdentity(name, Method, jwt.GrantsOf(values)).ToPrincipal();
        return Task.CompletedTask;
    }
}
