using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Audit;
using Nabla.Serving.Inference;
using Nabla.Serving.Telemetry;

namespace Nabla.Serving.Grpc;

/// <summary>Answers calls that are refused: those that reach no method with a status and its reason alone, as gRPC wants it, in headers without a body.</summary>
internal static class GrpcErrorAnswer
{
    private const string MediaType = "application/grpc";
    private const string StatusHeader = "grpc-status";
    private const string MessageHeader = "grpc-message";
    private const string ReasonHeader = "reason";

    /// <summary>Whether a request is a call.</summary>
    public static bool IsCall(HttpRequest request) => request.ContentType?.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Answers a call that was refused before the framework had it.</summary>
    public static Task WriteAsync(HttpContext context, ServingException error)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = MediaType;
        context.Response.Headers[StatusHeader] = Print(FaultInterceptor.CodeOf(error.Fault));
        context.Response.Headers[MessageHeader] = Uri.EscapeDataString(error.Message);
        context.Response.Headers[ReasonHeader] = error.Reason;
        return context.Response.CompleteAsync();
    }

    /// <summary>The error that the framework answers a call with that it has begun to read; it is counted here.</summary>
    /// <param name="context">The call.</param>
    /// <param name="refusal">Why it is refused.</param>
    /// <param name="model">The model that its message names; null when that has not been read.</param>
    public static RpcException Refuse(HttpContext context, ServingException refusal, string? model = null)
    {
        AuditEntry.Of(context)?.Reason = refusal.Reason;
        context.RequestServices.GetRequiredService<RequestFailures>().Count(context, refusal.Fault, model);
        Metadata trailers = new() { { ReasonHeader, refusal.Reason } };
        if (refusal.RetryAfter is { } wait)
        {
            trailers.Add("retry-after", ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        }

        return new RpcException(new Status(FaultInterceptor.CodeOf(refusal.Fault), refusal.Message), trailers);
    }

    /// <summary>
    /// Adds the reason to the answer of a call that the framework has refused at its message, and counts it. Nothing of the answer has been sent yet.
    /// </summary>
    public static void GiveReason(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        if (headers.ContainsKey(ReasonHeader) || !Enum.TryParse(headers[StatusHeader], out StatusCode code)
            || FaultOf(code, context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Type) is not { } fault)
        {
            return;
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            fault = ServingFault.Cancelled;
        }
        else if (code is StatusCode.Unknown or StatusCode.Internal)
        {
            headers[StatusHeader] = Print(StatusCode.InvalidArgument);
            headers[MessageHeader] = Uri.EscapeDataString("The message cannot be read.");
        }

        string reason = ServingException.ReasonOf(fault);
        headers[ReasonHeader] = reason;
        AuditEntry.Of(context)?.Reason = reason;
        context.RequestServices.GetRequiredService<RequestFailures>().Count(context, fault);
    }

    // Whatever a method of one message and one answer refuses has a reason by then, so the rest is about the message; null for what tells nothing.
    private static ServingFault? FaultOf(StatusCode code, MethodType? method) => (code, method) switch
    {
        (StatusCode.Unimplemented, null) => ServingFault.NotFound,
        (StatusCode.Unimplemented, MethodType.Unary) => ServingFault.UnsupportedMediaType,
        (StatusCode.ResourceExhausted, MethodType.Unary) => ServingFault.TooLarge,
        (StatusCode.InvalidArgument or StatusCode.Unknown or StatusCode.Internal, MethodType.Unary) => ServingFault.InvalidRequest,
        _ => null,
    };

    private static string Print(StatusCode code) => ((int)code).ToString(CultureInfo.InvariantCulture);
}
