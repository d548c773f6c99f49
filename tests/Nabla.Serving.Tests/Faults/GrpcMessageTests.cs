using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Nabla.Serving.Protos;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Faults;

/// <summary>Calls of gRPC whose message reaches no method: they too are told why, and are no errors of the server.</summary>
public sealed class GrpcMessageTests
{
    [Theory]
    [InlineData("0AFFFFFFFF0F01")]
    [InlineData("0AFF")]
    [InlineData("0A02C328")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFF")]
    public async Task Bytes_that_are_no_message(string bytes)
    {
        using KeptErrors errors = new();
        await using ServingHost host = await ServingHost.Start(new ServingOptions(), errors, TestModels.Flowers());
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => Send(host, Convert.FromHexString(bytes)));
        Assert.Equal((StatusCode.InvalidArgument, "invalid_request"), (error.StatusCode, error.Trailers.GetValue("reason")));
        Assert.Contains("message", error.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(errors.Messages);
    }

    [Fact]
    public async Task A_message_that_is_too_large()
    {
        await using ServingHost host = await ServingHost.Start(new ServingOptions { MaxRequestBytes = 4096 }, TestModels.Flowers());
        GRPCInferenceService.GRPCInferenceServiceClient client = new(host.Channel);
        ModelInferRequest request = Protocol.GrpcTests.Request("flowers", "FP32", [1, 4]);
        request.RawInputContents.Add(ByteString.CopyFrom(new byte[5000]));
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(request, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal((StatusCode.ResourceExhausted, "too_large"), (error.StatusCode, error.Trailers.GetValue("reason")));
    }

    [Theory]
    [InlineData("ModelInfer", "", "3", "invalid_request")]
    [InlineData("ModelInfer", "0000000009AA", "3", "invalid_request")]
    [InlineData("ModelInfer", "070000000000", "3", "invalid_request")]
    [InlineData("ModelInfer", "000000000000", "3", "invalid_request")]
    [InlineData("Unknown", "0000000000", "12", "not_found")]
    public async Task Frames_that_hold_no_message(string method, string frame, string status, string reason)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        using HttpClient client = new() { BaseAddress = new Uri(host.GrpcAddress), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using ByteArrayContent content = new(Convert.FromHexString(frame));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using HttpResponseMessage response = await client.PostAsync($"/inference.GRPCInferenceService/{method}", content, TestContext.Current.CancellationToken);
        Assert.Equal((status, reason), (response.Headers.GetValues("grpc-status").Single(), response.Headers.GetValues("reason").Single()));
    }

    /// <summary>Sends bytes as the message of a question.</summary>
    internal static async Task Send(ServingHost host, byte[] message)
    {
        Method<byte[], byte[]> method = new(
            MethodType.Unary, "inference.GRPCInferenceService", "ModelInfer", Marshallers.Create(bytes => bytes, bytes => bytes), Marshallers.Create(bytes => bytes, bytes => bytes));
        await host.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, message).ResponseAsync;
    }

    private sealed class KeptErrors : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Messages.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
