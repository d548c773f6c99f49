using Microsoft.Extensions.DependencyInjection;

namespace Nabla.Client;

/// <summary>Adds clients of model servers to the services of an application.</summary>
public static class ModelClientExtensions
{
    /// <summary>
    /// Adds an <see cref="IModelClient"/> over REST, with the standard handlers of Microsoft.Extensions.Http.Resilience: retries that heed Retry-After, a
    /// circuit breaker, time limits.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="address">The server.</param>
    /// <returns>The builder, to add handlers to, such as one that authenticates.</returns>
    public static IHttpClientBuilder AddModelClient(this IServiceCollection services, Uri address)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(address);
        IHttpClientBuilder builder = services.AddHttpClient<IModelClient, RestModelClient>(client => client.BaseAddress = address);
        builder.AddStandardResilienceHandler();
        return builder;
    }
}
