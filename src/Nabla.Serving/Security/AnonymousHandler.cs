using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Nabla.Serving.Security;

/// <summary>Takes callers for anybody where nobody is asked who they are: they may ask models, and change nothing.</summary>
internal sealed class AnonymousHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The name of the scheme.</summary>
    public new const string Scheme = "Nabla.Anonymous";

    private static readonly CallerIdentity Anybody = new(
        CallerIdentity.AnonymousMethod, CallerIdentity.AnonymousMethod, [new ModelGrant(ModelRole.Predict)]);

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(Anybody.ToPrincipal(), Scheme)));
}
