using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Nabla.Client;

/// <summary>The handler of clients that are made without services: the same retries.</summary>
internal static class ResilientHandler
{
    private const int Retries = 3;

    /// <summary>Retries what failed on its way or was refused for the moment, after the time that the server names.</summary>
    public static HttpMessageHandler Create()
    {
        ResiliencePipeline<HttpResponseMessage> retries = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new HttpRetryStrategyOptions { MaxRetryAttempts = Retries, BackoffType = DelayBackoffType.Exponential, UseJitter = true })
            .Build();
        return new ResilienceHandler(retries) { InnerHandler = new SocketsHttpHandler() };
    }
}
