using System.Net;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Protos;
using Nabla.Serving.Security;
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

    [Fact]
    public async Task Where_an_application_adds_nothing_requests_for_answers_take_the_short_way()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        Assert.True(host.Services.GetRequiredService<AuthorizationParts>().AreOursAlone);
    }

    [Fact]
    public async Task A_handler_of_an_application_that_refuses_everything_is_asked_for_each_request()
    {
        int made = 0;
        await using ServingHost host = await ServingHost.Start(services => services.AddScoped<IAuthorizationHandler>(_ => new Refusing(Interlocked.Increment(ref made))), TestModels.Flowers());
        int before = made;
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Get("/v2/models/flowers")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Get("/v2/models/flowers")).Status);
        Assert.Equal(before + 2, made);
        GRPCInferenceService.GRPCInferenceServiceClient client = new(host.Channel);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await client.ServerMetadataAsync(new ServerMetadataRequest(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    [Fact]
    public async Task A_service_of_an_application_that_decides_for_itself_is_asked()
    {
        await using ServingHost host = await ServingHost.Start(services => services.AddSingleton<IAuthorizationService>(new Denying()), TestModels.Flowers());
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Get("/v2/models/flowers")).Status);
    }

    [Fact]
    public async Task Every_endpoint_of_the_server_that_asks_for_a_role_asks_for_nothing_else()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        foreach (Endpoint endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints)
        {
            Assert.True(
                endpoint.Metadata.GetMetadata<AccessRequirement>() == AccessShortcut.OnlyNeed(endpoint.Metadata), $"{endpoint.DisplayName} goes the long way");
        }
    }

    [Fact]
    public void What_else_an_endpoint_asks_for_is_not_passed_by()
    {
        AccessRequirement needed = new(ModelRole.Read, ModelScope.Any);
        object[] usual = [new AuthorizeAttribute(), Access.Policy(ModelRole.Read, ModelScope.Any), needed, new EnableRateLimitingAttribute(CallerQuota.Name)];
        Assert.Same(needed, AccessShortcut.OnlyNeed(new EndpointMetadataCollection(usual)));
        object[] others =
        [
            new AuthorizeAttribute("another policy"), new AuthorizeAttribute { Roles = "boss" }, new AuthorizeAttribute { AuthenticationSchemes = "Cookies" },
            Access.Policy(ModelRole.Admin), new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build(), new AccessRequirement(ModelRole.Admin, ModelScope.Any),
            new EnableRateLimitingAttribute("another limit"), new DisableRateLimitingAttribute(), new Requiring(),
        ];
        foreach (object other in others)
        {
            Assert.Null(AccessShortcut.OnlyNeed(new EndpointMetadataCollection([.. usual, other])));
            Assert.Null(AccessShortcut.OnlyNeed(new EndpointMetadataCollection([other, .. usual])));
        }

        foreach (object left in usual[1..])
        {
            Assert.Null(AccessShortcut.OnlyNeed(new EndpointMetadataCollection(usual.Where(item => item != left))));
        }
    }

    private sealed class Requiring : IAuthorizationRequirementData
    {
        public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new AccessRequirement(ModelRole.Admin, ModelScope.Any)];
    }

    private sealed class Refusing(int number) : IAuthorizationHandler
    {
        public Task HandleAsync(AuthorizationHandlerContext context)
        {
            context.Fail(new AuthorizationFailureReason(this, $"number {number}"));
            return Task.CompletedTask;
        }
    }

    private sealed class Denying : IAuthorizationService
    {
        public Task<AuthorizationResult> AuthorizeAsync(ClaimsPrincipal user, object? resource, IEnumerable<IAuthorizationRequirement> requirements) => Task.FromResult(AuthorizationResult.Failed());

        public Task<AuthorizationResult> AuthorizeAsync(ClaimsPrincipal user, object? resource, string policyName) => Task.FromResult(AuthorizationResult.Failed());
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
