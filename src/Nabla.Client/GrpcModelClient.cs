using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Nabla.Serving.Protos;

namespace Nabla.Client;

/// <summary>Asks models over gRPC.</summary>
public sealed class GrpcModelClient : IModelClient, IDisposable
{
    private const int Attempts = 4;

    private readonly GrpcChannel channel;
    private readonly GRPCInferenceService.GRPCInferenceServiceClient client;

    /// <summary>A client with retries: what a server refuses for the moment is asked again.</summary>
    /// <param name="address">The server, such as <c>http://127.0.0.1:8001</c>.</param>
    public GrpcModelClient(Uri address)
        : this(GrpcChannel.ForAddress(address, new GrpcChannelOptions { ServiceConfig = Retries(), MaxReceiveMessageSize = null }))
    {
    }

    /// <summary>A client over a channel, which it owns.</summary>
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
        ModelMetadataResponse response = await client.ModelMetadataAsync(
            new ModelMetadataRequest { Name = model, Version = version ?? "" }, cancellationToken: cancellationToken).ConfigureAwait(false);
        return new ModelInfo(response.Name, [.. response.Versions], response.Platform, [.. response.Inputs.Select(Info)], [.. response.Outputs.Select(Info)]);
    });

    /// <inheritdoc/>
    public Task<ModelAnswer> InferAsync(string model, ModelQuestion question, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Guard(async () =>
        {
            ModelInferResponse response = await client.ModelInferAsync(Write(model, question), cancellationToken: cancellationToken).ConfigureAwait(false);
            return Read(response);
        });
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

        request.Outputs.AddRange(question.Outputs.Select(output => new ModelInferRequest.Types.InferRequestedOutputTensor { Name = output }));
        return request;
    }

    private static ModelAnswer Read(ModelInferResponse response)
    {
        if (response.RawOutputContents.Count != response.Outputs.Count)
        {
            throw new ModelServerException("The server sent its outputs in another form than as bytes.", "invalid_answer");
        }

        Dictionary<string, Tensor> outputs = [];
        foreach ((ModelInferResponse.Types.InferOutputTensor output, ByteString data) in response.Outputs.Zip(response.RawOutputContents))
        {
            outputs[output.Name] = WireTypes.ToTensor(output.Name, output.Datatype, output.Shape, data.Span);
        }

        return new ModelAnswer(response.ModelName, response.ModelVersion, response.Id.Length > 0 ? response.Id : null, outputs);
    }

    private static async Task<T> Guard<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode != StatusCode.Cancelled)
        {
            throw new ModelServerException(error.Status.Detail, error.Trailers.GetValue("reason") ?? "", error);
        }
    }

    // The status of a call is in its trailers, which handlers of HTTP do not see: gRPC has retries of its own.
    private static ServiceConfig Retries() => new()
    {
        MethodConfigs =
        {
            new MethodConfig
            {
                Names = { MethodName.Default },
                RetryPolicy = new RetryPolicy
                {
                    MaxAttempts = Attempts,
                    InitialBackoff = TimeSpan.FromMilliseconds(100),
                    MaxBackoff = TimeSpan.FromSeconds(2),
                    BackoffMultiplier = 2,
                    RetryableStatusCodes = { StatusCode.Unavailable, StatusCode.ResourceExhausted },
                },
            },
        },
    };
}
