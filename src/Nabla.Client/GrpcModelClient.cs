using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Nabla.Serving.Protos;
using Polly;
using Polly.Retry;

namespace Nabla.Client;

/// <summary>Asks models over gRPC.</summary>
public sealed class GrpcModelClient : IModelClient, IDisposable
{
    private readonly GrpcChannel channel;
    private readonly ResiliencePipeline retries = ResiliencePipeline.Empty;
    private readonly GRPCInferenceService.GRPCInferenceServiceClient client;

    /// <summary>A client with retries: what a server refuses for the moment is asked again.</summary>
    /// <param name="address">The server, such as <c>http://127.0.0.1:8001</c>.</param>
    public GrpcModelClient(Uri address)
        : this(GrpcChannel.ForAddress(address, new GrpcChannelOptions { MaxReceiveMessageSize = null }))
    {
        retries = Retries();
    }

    /// <summary>A client over a channel, which it owns; nothing is asked again but what the channel itself does.</summary>
    /// <param name="channel">The channel.</param>
    public GrpcModelClient(GrpcChannel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        this.channel = channel;
        client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
    }

    /// <inheritdoc/>
    public Task<bool> IsReadyAsync(CancellationToken cancellationToken = default) => Guard(async () =>
        (await client.ServerReadyAsync(new ServerReadyRequest(), cancellationToken: cancellationToken).ConfigureAwait(false)).Ready);

    /// <inheritdoc/>
    public Task<ModelInfo> DescribeAsync(string model, string? version = null, CancellationToken cancellationToken = default) => Guard(async () =>
    {
        ModelMetadataRequest request = new() { Name = model, Version = version ?? "" };
        ModelMetadataResponse response = await retries.ExecuteAsync(
            async token => await client.ModelMetadataAsync(request, cancellationToken: token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return new ModelInfo(response.Name, [.. response.Versions], response.Platform, [.. response.Inputs.Select(Info)], [.. response.Outputs.Select(Info)]);
    });

    /// <inheritdoc/>
    public Task<ModelAnswer> InferAsync(string model, ModelQuestion question, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ModelInferRequest request = Write(model, question);
        DateTime? deadline = question.Timeout is { } patience ? DateTime.UtcNow + patience : null;
        return Guard(async () => Read(await retries.ExecuteAsync(
            async token => await client.ModelInferAsync(request, deadline: deadline, cancellationToken: token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)));
    }

    /// <inheritdoc/>
    public void Dispose() => channel.Dispose();

    private static TensorInfo Info(ModelMetadataResponse.Types.TensorMetadata tensor) => new(tensor.Name, tensor.Datatype, [.. tensor.Shape]);

    private static ModelInferRequest Write(string model, ModelQuestion question)
    {
        ModelInferRequest request = new() { ModelName = model, ModelVersion = question.Version ?? "", Id = question.Id ?? "" };
        request.Parameters["priority"] = new InferParameter { Int64Param = question.Priority };
        request.Parameters["timeout"] = new InferParameter { Int64Param = question.TimeoutMicroseconds };
        foreach ((string name, Tensor tensor) in question.Inputs)
        {
            ModelInferRequest.Types.InferInputTensor input = new() { Name = name, Datatype = WireTypes.NameOf(tensor.DataType) };
            input.Shape.AddRange(tensor.Shape.Select(size => (long)size));
            request.Inputs.Add(input);
            request.RawInputContents.Add(ByteString.CopyFrom(tensor.AsBytes()));
        }

        foreach ((string name, BytesTensor tensor) in question.BytesInputs)
        {
            ModelInferRequest.Types.InferInputTensor input = new() { Name = name, Datatype = WireTypes.Bytes };
            input.Shape.AddRange(tensor.Shape.Select(size => (long)size));
            request.Inputs.Add(input);
            ArrayBufferWriter<byte> data = new(Math.Max(WireBytes.SizeOf(tensor), 1));
            WireBytes.Write(data, tensor);
            request.RawInputContents.Add(UnsafeByteOperations.UnsafeWrap(data.WrittenMemory));
        }

        request.Outputs.AddRange(question.Wanted.Select(output => Output(output.Name, output.Classes)));
        return request;
    }

    private static ModelInferRequest.Types.InferRequestedOutputTensor Output(string name, int classes)
    {
        ModelInferRequest.Types.InferRequestedOutputTensor output = new() { Name = name };
        if (classes != 0)
        {
            output.Parameters["classification"] = new InferParameter { Int64Param = classes };
        }

        return output;
    }

    private static ModelAnswer Read(ModelInferResponse response)
    {
        if (response.RawOutputContents.Count != response.Outputs.Count)
        {
            throw new ModelServerException("The server sent its outputs in another form than as bytes.", "invalid_answer");
        }

        Dictionary<string, Tensor> outputs = [];
        Dictionary<string, BytesTensor> bytesOutputs = [];
        foreach ((ModelInferResponse.Types.InferOutputTensor output, ByteString data) in response.Outputs.Zip(response.RawOutputContents))
        {
            WireTypes.Add(outputs, bytesOutputs, output.Name, output.Datatype, output.Shape, data.Span);
        }

        return new ModelAnswer(response.ModelName, response.ModelVersion, response.Id.Length > 0 ? response.Id : null, outputs) { BytesOutputs = bytesOutputs };
    }

    private static async Task<T> Guard<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode != StatusCode.Cancelled)
        {
            throw new ModelServerException(error.Status.Detail, ReasonOf(error), error) { RetryAfter = RetryRules.WaitOf(error) };
        }
    }

    // A call that the client itself has given up by its deadline has no trailers.
    private static string ReasonOf(RpcException error) =>
        error.Trailers.GetValue("reason") ?? (error.StatusCode == StatusCode.DeadlineExceeded ? "deadline_exceeded" : "");

    // The reason of a call is in its trailers, which neither handlers of HTTP nor the channel's own retries see.
    private static ResiliencePipeline Retries() => new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
    {
        MaxRetryAttempts = RetryRules.Retries,
        Delay = TimeSpan.FromMilliseconds(100),
        MaxDelay = TimeSpan.FromSeconds(2),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is RpcException error && RetryRules.IsWorthwhile(error)),
        DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Exception is RpcException error ? RetryRules.WaitOf(error) : null),
    }).Build();
}
