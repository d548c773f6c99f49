using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Nabla.Serving.Security;

/// <summary>
/// The framework's authentication, with a short way for requests that nobody asks who they are. An application that has schemes of its own which take part
/// in each request, another default one, or something that adds to what is known of each caller, has them asked first as ever.
/// </summary>
internal sealed class CallerAuthentication(RequestDelegate next, IAuthenticationSchemeProvider schemes, ServingOptions options)
{
    private readonly AuthenticationMiddleware usual = new(next, schemes);

    /// <summary>Handles a request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (!IsOursAlone(context) || CallerHandler.Unasked(context, options.Security) is not { } anybody)
        {
            return usual.Invoke(context);
        }

        context.User = anybody.Principal!;
        context.Features.Set<IAuthenticateResultFeature>(new Found { AuthenticateResult = anybody });
        return next(context);
    }

    private bool IsOursAlone(HttpContext context) =>
        context.RequestServices.GetService<IClaimsTransformation>() is null or NoopClaimsTransformation
        && schemes.GetDefaultAuthenticateSchemeAsync() is { IsCompletedSuccessfully: true, Result.Name: CallerHandler.Scheme }
        && schemes.GetRequestHandlerSchemesAsync() is { IsCompletedSuccessfully: true, Result: { } handlers } && !handlers.Any();

    private sealed class Found : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; }
    }
}

/// <summary>Puts it before all that asks who calls.</summary>
internal static class CallerAuthenticationRegistration
{
    // What UseAuthentication notes; an application without it gets the framework's middleware in front of everything, which would ask a second time.
    private const string IsAuthenticated = "__AuthenticationMiddlewareSet";

    /// <summary>Adds it.</summary>
    public static void UseCallerAuthentication(this IApplicationBuilder app)
    {
        app.Properties[IsAuthenticated] = true;
        app.UseMiddleware<CallerAuthentication>();
    }
}
