using System.Globalization;
using Microsoft.AspNetCore.Http;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Grpc;

/// <summary>Answers a call that no method was asked for with a status alone, as gRPC wants it: in headers, without a body.</summary>
internal static class GrpcErrorAnswer
{
    private const string MediaType = "application/grpc";

    /// <summary>Whether a request is a call.</summary>
    public static bool IsCall(HttpRequest request) => request.ContentType?.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Answers.</summary>
    public static Task WriteAsync(HttpContext context, ServingException error)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = MediaType;
        context.Response.Headers["grpc-status"] = ((int)FaultInterceptor.CodeOf(error.Fault)).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = Uri.EscapeDataString(error.Message);
        context.Response.Headers["reason"] = error.Reason;
        return context.Response.CompleteAsync();
    }
}
