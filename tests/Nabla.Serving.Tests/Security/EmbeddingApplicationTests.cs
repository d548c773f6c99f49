using System.Net;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Security;

public sealed class EmbeddingApplicationTests
{
    [Fact]
    public async Task What_an_application_adds_to_callers_is_added_to_those_whom_nobody_asks()
    {
        CountedCallers callers = new();
        await using ServingHost host = await ServingHost.Start(services => services.AddSingleton<IClaimsTransformation>(callers), TestModels.Flowers());
        using HttpClient anybody = new() { BaseAddress = new Uri(host.RestAddress) };
        using HttpResponseMessage response = await anybody.GetAsync("/v2/models/flowers", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, callers.Count);
    }

    [Fact]
    public async Task A_limit_that_an_application_sets_for_all_its_requests_holds_for_models_too()
    {
        await using ServingHost host = await ServingHost.Start(
            services => services.Configure<RateLimiterOptions>(limiter =>
            {
                limiter.RejectionStatusCode = StatusCodes.Status418ImATeapot;
                limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, int>(_ => RateLimitPartition.GetFixedWindowLimiter(
                    0, _ => new FixedWindowRateLimiterOptions { PermitLimit = 1, Window = TimeSpan.FromHours(1) }));
            }),
            TestModels.Flowers());
        Assert.Equal(HttpStatusCode.OK, (await host.Get("/v2/models/flowers")).Status);
        Assert.Equal((HttpStatusCode)StatusCodes.Status418ImATeapot, (await host.Get("/v2/models/flowers")).Status);
    }

    private sealed class CountedCallers : IClaimsTransformation
    {
        private int count;

        public int Count => count;

        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            Interlocked.Increment(ref count);
            return Task.FromResult(principal);
        }
    }
}
