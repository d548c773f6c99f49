using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nabla.Serving.Audit;
using Nabla.Serving.Grpc;
using Nabla.Serving.Inference;
using Nabla.Serving.Telemetry;

namespace Nabla.Serving.Http;

/// <summary>
/// Turns what went wrong into the protocols' error object: <c>{"error": "...", "reason": "..."}</c>, where the reason is for programs. Errors that no
/// caller can mend are logged, and say nothing of the server's inside. Whatever is refused is counted here, or with the calls of gRPC.
/// </summary>
internal sealed partial class ErrorAnswers(RequestDelegate next, ILogger<ErrorAnswers> log)
{
    private const int ClientClosedRequest = 499;

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
            await AnswerRefusedAsync(context).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            Leave(context);
        }
        catch (ServingException error) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, error).ConfigureAwait(false);
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            ServingFault fault = error.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => ServingFault.TooLarge,
                StatusCodes.Status408RequestTimeout => ServingFault.RequestTimeout,
                _ => ServingFault.InvalidRequest,
            };
            Count(context, fault);
            await WriteAsync(context, error.StatusCode, error.Message, ServingException.ReasonOf(fault)).ConfigureAwait(false);
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            LogFailed(error, context.Request.Method, context.Request.Path);
            await WriteAsync(context, new ServingException(ServingFault.Internal, "The server failed.")).ConfigureAwait(false);
        }
    }

    /// <summary>Answers a request that was refused.</summary>
    public static Task WriteAsync(HttpContext context, ServingException error)
    {
        Count(context, error.Fault);
        AuditEntry.Of(context)?.Reason = error.Reason;
        if (error.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (error.Fault == ServingFault.Unauthenticated)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return GrpcErrorAnswer.IsCall(context.Request)
            ? GrpcErrorAnswer.WriteAsync(context, error)
            : WriteAsync(context, StatusOf(error.Fault), error.Message, error.Reason);
    }

    private static int StatusOf(ServingFault fault) => fault switch
    {
        ServingFault.InvalidRequest => StatusCodes.Status400BadRequest,
        ServingFault.NotFound => StatusCodes.Status404NotFound,
        ServingFault.Unauthenticated => StatusCodes.Status401Unauthorized,
        ServingFault.Forbidden => StatusCodes.Status403Forbidden,
        ServingFault.QuotaSpent => StatusCodes.Status429TooManyRequests,
        ServingFault.QueueFull or ServingFault.Loading or ServingFault.NotReady or ServingFault.Draining => StatusCodes.Status503ServiceUnavailable,
        ServingFault.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ServingFault.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        ServingFault.RequestTimeout => StatusCodes.Status408RequestTimeout,
        ServingFault.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        ServingFault.Cancelled => ClientClosedRequest,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static void Count(HttpContext context, ServingFault fault) => context.RequestServices.GetRequiredService<RequestFailures>().Count(context, fault);

    // Nobody reads an answer any more. Of one that has begun, the status is sent already.
    private static void Leave(HttpContext context)
    {
        Count(context, ServingFault.Cancelled);
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = ClientClosedRequest;
        }
    }

    // What routing refuses has no body, and what the framework of gRPC refuses has no reason.
    private static Task AnswerRefusedAsync(HttpContext context)
    {
        switch (context.Response)
        {
            case { HasStarted: true }:
                return Task.CompletedTask;
            case { StatusCode: StatusCodes.Status404NotFound, ContentType: null }:
                return WriteAsync(context, StatusCodes.Status404NotFound, $"There is nothing at {context.Request.Path}.", "not_found");
            case { StatusCode: StatusCodes.Status405MethodNotAllowed }:
                return WriteAsync(context, StatusCodes.Status405MethodNotAllowed, $"{context.Request.Path} is not called by {context.Request.Method}.", "method_not_allowed");
            default:
                GrpcErrorAnswer.GiveReason(context);
                return Task.CompletedTask;
        }
    }

    private static Task WriteAsync(HttpContext context, int status, string message, string reason)
    {
        AuditEntry.Of(context)?.Reason = reason;
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status413PayloadTooLarge && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // What is left of the body is not read, so nothing can follow it.
            context.Response.Headers.Connection = "close";
        }

        return JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("error", message);
            writer.WriteString("reason", reason);
            writer.WriteEndObject();
        });
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed.")]
    private partial void LogFailed(Exception error, string method, string path);
}
