using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Nabla.Serving.Security;

namespace Nabla.Serving.Page;

/// <summary>
/// The page at <c>/</c>: its files lie in the assembly and load nothing from elsewhere; what they show comes from <c>/page/state</c> and
/// <c>/page/models/NAME</c>. The files say nothing of the server, so they are for everybody; a browser needs them to ask for a key.
/// </summary>
internal sealed class PageEndpoints(ServerState state, ModelForm form)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'";

    /// <summary>Adds the page, its files and its data.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (PageFile file in PageFile.All)
        {
            endpoints.MapGet(file.Path, context => WriteAsync(context, file)).AllowAnonymous();
        }

        endpoints.MapGet("/page/state", state.WriteAsync).Needs(ModelRole.Read, ModelScope.Any);
        endpoints.MapGet("/page/models/{name}", form.WriteAsync).Needs(ModelRole.Read);
    }

    private static Task WriteAsync(HttpContext context, PageFile file)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        headers.ETag = file.Tag;
        if (context.Request.Headers[HeaderNames.IfNoneMatch] == file.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        context.Response.ContentType = file.MediaType;
        context.Response.ContentLength = file.Content.Length;
        return context.Response.Body.WriteAsync(file.Content, context.RequestAborted).AsTask();
    }
}
