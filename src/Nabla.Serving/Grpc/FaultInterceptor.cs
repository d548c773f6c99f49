using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Protos;

namespace Nabla.Serving.Grpc;

/// <summary>Turns faults into the status codes of gRPC, and counts them; the reason for programs and the time to wait are in the trailers.</summary>
internal sealed partial class FaultInterceptor(ILogger<FaultInterceptor> log) : Interceptor
{
    private const string EncodingHeader = "grpc-encoding";

    // A caller whose deadline has passed cancels the call, by a clock that began a little before the server's.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            CountUnpacked(request, context.GetHttpContext());
            return await continuation(request, context).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw GrpcErrorAnswer.Refuse(context.GetHttpContext(), RefusalOf(error, context), (request as ModelInferRequest)?.ModelName);
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
        ServingFault.RequestTimeout or ServingFault.DeadlineExceeded => StatusCode.DeadlineExceeded,
        ServingFault.Cancelled => StatusCode.Cancelled,
        _ => StatusCode.Internal,
    };

    // The message of a packed call is larger than what was counted while it came.
    private static void CountUnpacked<TRequest>(TRequest request, HttpContext call)
    {
        if (call.Request.Headers.ContainsKey(EncodingHeader) && (request as IMessage)?.CalculateSize() is > BodyBudget.LargestUncounted and int size)
        {
            call.Features.Get<BodyShare>()?.GrowTo(size);
        }
    }

    private ServingException RefusalOf(Exception error, ServerCallContext context)
    {
        switch (error)
        {
            case ServingException known:
                return known;
            case OperationCanceledException when context.Deadline - DateTime.UtcNow < ClockSlack:
                return new ServingException(ServingFault.DeadlineExceeded, "The deadline has passed.");
            case OperationCanceledException:
                return new ServingException(ServingFault.Cancelled, "The call was cancelled.");
            default:
                LogFailed(error, context.Method);
                return new ServingException(ServingFault.Internal, "The server failed.");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed.")]
    private partial void LogFailed(Exception error, string method);
}
