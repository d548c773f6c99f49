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
            && IsOfFramework(services.GetRequiredService<IAuthorizationService>())
            && IsOfFramework(services.GetRequiredService<IAuthorizationEvaluator>())
            && IsOfFramework(services.GetRequiredService<IAuthorizationHandlerProvider>())
            && IsOfFramework(services.GetRequiredService<IAuthorizationHandlerContextFactory>())
            && services.GetServices<IAuthorizationHandler>().All(handler => handler is AccessHandler or PassThroughAuthorizationHandler);
    }

    // By its assembly, as what is registered is not always the type that is public.
    private static bool IsOfFramework(object part) => part.GetType().Assembly == typeof(DefaultAuthorizationService).Assembly;
}
