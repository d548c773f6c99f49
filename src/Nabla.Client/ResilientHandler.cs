using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Nabla.Client;

/// <summary>The handler of clients that are made without services: the same retries.</summary>
internal static class ResilientHandler
{
    /// <summary>Retries what failed on its way or was refused for the moment, after the time that the server names.</summary>
    public static HttpMessageHandler Create()
    {
        HttpRetryStrategyOptions strategy = new() { BackoffType = DelayBackoffType.Exponential, UseJitter = true };
        RetryRules.Apply(strategy);
        ResiliencePipeline<HttpResponseMessage> retries = new ResiliencePipelineBuilder<HttpResponseMessage>().AddRetry(strategy).Build();
        return new ResilienceHandler(retries) { InnerHandler = new SocketsHttpHandler() };
    }
}
