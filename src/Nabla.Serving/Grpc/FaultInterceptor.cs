using System.Globalization;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using Nabla.Serving.Audit;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Grpc;

/// <summary>Turns faults into the status codes of gRPC; the reason for programs and the time to wait are in the trailers.</summary>
internal sealed partial class FaultInterceptor(ILogger<FaultInterceptor> log) : Interceptor
{
    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context).ConfigureAwait(false);
        }
        catch (ServingException error)
        {
            AuditEntry.Of(context.GetHttpContext())?.Reason = error.Reason;
            Metadata trailers = new() { { "reason", error.Reason } };
            if (error.RetryAfter is { } wait)
            {
                trailers.Add("retry-after", ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
            }

            throw new RpcException(new Status(CodeOf(error.Fault), error.Message), trailers);
        }
        catch (OperationCanceledException)
        {
            throw new RpcException(context.Deadline <= DateTime.UtcNow
                ? new Status(StatusCode.DeadlineExceeded, "The deadline has passed.")
                : new Status(StatusCode.Cancelled, "The call was cancelled."));
        }
        catch (Exception error) when (error is not RpcException)
        {
            AuditEntry.Of(context.GetHttpContext())?.Reason = ServingException.ReasonOf(ServingFault.Internal);
            LogFailed(error, context.Method);
            throw new RpcException(new Status(StatusCode.Internal, "The server failed."));
        }
    }

    /// <summary>The status that says why.</summary>
    public static StatusCode CodeOf(ServingFault fault) => fault switch
    {
        ServingFault.InvalidRequest or ServingFault.UnsupportedMediaType => StatusCode.InvalidArgument,
        ServingFault.NotFound => StatusCode.NotFound,
        ServingFault.Unauthenticated => StatusCode.Unauthenticated,
        ServingFault.Forbidden => StatusCode.PermissionDenied,
        ServingFault.QuotaSpent or ServingFault.QueueFull or ServingFault.TooLarge => StatusCode.ResourceExhausted,
        ServingFault.Loading or ServingFault.NotReady or ServingFault.Draining => StatusCode.Unavailable,
        ServingFault.DeadlineExceeded => StatusCode.DeadlineExceeded,
        _ => StatusCode.Internal,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed.")]
    private partial void LogFailed(Exception error, string method);
}
