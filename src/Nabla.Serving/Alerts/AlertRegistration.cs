using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Nabla.Serving.Alerts;

/// <summary>Adds thresholds and the webhook.</summary>
internal static class AlertRegistration
{
    private const int Retries = 4;
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds them.</summary>
    public static void AddServingAlerts(this IServiceCollection services)
    {
        services.AddSingleton<Thresholds>();
        services.AddHostedService<AlertService>();
        services.AddHttpClient(AlertService.ClientName)
            .RemoveAllLoggers()
            .AddResilienceHandler("retries", pipeline => pipeline
                .AddRetry(new HttpRetryStrategyOptions { MaxRetryAttempts = Retries, BackoffType = DelayBackoffType.Exponential, UseJitter = true })
                .AddTimeout(AttemptTimeout));
    }
}
