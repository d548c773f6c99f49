using Microsoft.Extensions.DependencyInjection;

namespace Nabla.Client;

/// <summary>Adds clients of model servers to the services of an application.</summary>
public static class ModelClientExtensions
{
    /// <summary>
    /// Adds an <see cref="IModelClient"/> over REST, with the standard handlers of Microsoft.Extensions.Http.Resilience: a circuit breaker, time
    /// limits, and retries of what the server refuses for the moment, which heed Retry-After.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="address">The server.</param>
    /// <returns>The builder, to add handlers to, such as one that authenticates.</returns>
    public static IHttpClientBuilder AddModelClient(this IServiceCollection services, Uri address)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(address);
        IHttpClientBuilder builder = services.AddHttpClient<IModelClient, RestModelClient>(client => client.BaseAddress = address);
        builder.AddStandardResilienceHandler(options =>
        {
            RetryRules.Apply(options.Retry);
            options.CircuitBreaker.ShouldHandle = arguments => ValueTask.FromResult(RetryRules.IsBroken(arguments.Outcome, arguments.Context));
        });
        return builder;
    }
}
