using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Nabla.Serving.Security;

/// <summary>
/// Whether what an application's authorization is made of is the framework's and the server's own: then the rights of a caller decide alone, and need not be
/// asked for in its roundabout way. What an application adds or replaces may refuse whom the server would let in.
/// </summary>
internal sealed class AuthorizationParts(IServiceScopeFactory scopes)
{
    private readonly Lazy<bool> areOursAlone = new(() => Look(scopes));

    /// <summary>Whether they are.</summary>
    public bool AreOursAlone => areOursAlone.Value;

    // An application's own may be made for each request.
    private static bool Look(IServiceScopeFactory scopes)
    {
        using IServiceScope scope = scopes.CreateScope();
        IServiceProvider services = scope.ServiceProvider;
        return services.GetRequiredService<IPolicyEvaluator>() is AccessEvaluator
            && services.GetRequiredService<IAuthorizationMiddlewareResultHandler>() is AccessAnswers
            && services.GetRequiredService<IAuthorizationService>().GetType() == typeof(DefaultAuthorizationService)
            && services.GetRequiredService<IAuthorizationEvaluator>().GetType() == typeof(DefaultAuthorizationEvaluator)
            && services.GetRequiredService<IAuthorizationHandlerProvider>().GetType() == typeof(DefaultAuthorizationHandlerProvider)
            && services.GetRequiredService<IAuthorizationHandlerContextFactory>().GetType() == typeof(DefaultAuthorizationHandlerContextFactory)
            && services.GetServices<IAuthorizationHandler>().All(handler => handler is AccessHandler or PassThroughAuthorizationHandler);
    }
}
