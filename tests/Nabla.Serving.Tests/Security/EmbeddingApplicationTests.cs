using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
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
