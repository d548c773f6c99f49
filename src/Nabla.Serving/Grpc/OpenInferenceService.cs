using System.Globalization;
using Grpc.Core;
using Nabla.Serving.Audit;
using Nabla.Serving.Inference;
using Nabla.Serving.OpenInference;
using Nabla.Serving.Protos;
using Nabla.Serving.Repository;
using Nabla.Serving.Security;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Grpc;

/// <summary>The gRPC form of the Open Inference Protocol, version 2, with the model repository extension.</summary>
internal sealed class OpenInferenceService(InferenceService inference, ModelRepository repository, ServingOptions options) : GRPCInferenceService.GRPCInferenceServiceBase
{
    /// <inheritdoc/>
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    /// <inheritdoc/>
    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = repository.IsReady });

    /// <inheritdoc/>
    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context)
    {
        Access.Require(context.GetHttpContext(), ModelRole.Read, request.Name);
        bool ready = ServerDescription.IsReady(repository, request.Name, ServerDescription.VersionOf(request.Name, request.Version));
        return Task.FromResult(new ModelReadyResponse { Ready = ready });
    }

    /// <inheritdoc/>
    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context)
    {
        ServerMetadataResponse response = new() { Name = ServerDescription.Name, Version = ServerDescription.Version };
        response.Extensions.AddRange(ServerDescription.Extensions);
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context)
    {
        Access.Require(context.GetHttpContext(), ModelRole.Read, request.Name);
        LoadedVersion version = ServerDescription.Describe(repository, request.Name, ServerDescription.VersionOf(request.Name, request.Version));
        ModelMetadataResponse response = new() { Name = request.Name, Platform = version.Model.Platform };
        response.Versions.AddRange(repository.Find(request.Name).Loaded.Keys.Select(number => number.ToString(CultureInfo.InvariantCulture)));
        response.Inputs.AddRange(version.Model.Inputs.Select(Describe));
        response.Outputs.AddRange(version.Model.Outputs.Select(Describe));
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override async Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
    {
        Access.Require(context.GetHttpContext(), ModelRole.Predict, request.ModelName);
        AuditEntry? audit = AuditEntry.Of(context.GetHttpContext());
        audit?.NoteModel(request.ModelName);
        inference.Require(GrpcRequestReader.ModelOf(request));
        InferenceRequest asked = GrpcRequestReader.Read(request, options.MaxTensors) with { Timeout = Earlier(request, context), Audit = audit };
        InferenceResponse response = await inference.InferAsync(asked, context.CancellationToken).ConfigureAwait(false);
        return GrpcAnswer.Create(response);
    }

    /// <inheritdoc/>
    public override Task<RepositoryIndexResponse> RepositoryIndex(RepositoryIndexRequest request, ServerCallContext context)
    {
        RepositoryIndexResponse response = new();
        response.Models.AddRange(ServerDescription.Index(repository, request.Ready, name => Access.MaySee(context.GetHttpContext(), name)).Select(status => new RepositoryIndexResponse.Types.ModelIndex
        {
            Name = status.Name,
            Version = status.Version.ToString(CultureInfo.InvariantCulture),
            State = status.StateName,
            Reason = status.Reason,
        }));
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override async Task<RepositoryModelLoadResponse> RepositoryModelLoad(RepositoryModelLoadRequest request, ServerCallContext context)
    {
        Access.Require(context.GetHttpContext(), ModelRole.Admin, request.ModelName);
        AuditEntry.Of(context.GetHttpContext())?.NoteModel(request.ModelName);
        await repository.LoadAsync(request.ModelName, VersionIn(request.Parameters, request.ModelName), context.CancellationToken).ConfigureAwait(false);
        return new RepositoryModelLoadResponse();
    }

    /// <inheritdoc/>
    public override async Task<RepositoryModelUnloadResponse> RepositoryModelUnload(RepositoryModelUnloadRequest request, ServerCallContext context)
    {
        Access.Require(context.GetHttpContext(), ModelRole.Admin, request.ModelName);
        AuditEntry.Of(context.GetHttpContext())?.NoteModel(request.ModelName);
        await repository.UnloadAsync(request.ModelName, VersionIn(request.Parameters, request.ModelName), context.CancellationToken).ConfigureAwait(false);
        return new RepositoryModelUnloadResponse();
    }

    private static TimeSpan? Earlier(ModelInferRequest request, ServerCallContext context)
    {
        TimeSpan? asked = GrpcRequestReader.TimeoutOf(request);
        TimeSpan? left = context.Deadline == DateTime.MaxValue ? null : TimeSpan.FromTicks(Math.Max((context.Deadline - DateTime.UtcNow).Ticks, 1));
        return asked is null || left < asked ? left : asked;
    }

    private static int? VersionIn(IDictionary<string, ModelRepositoryParameter> parameters, string model)
    {
        RepositoryParameters.Require(parameters.Keys);
        return parameters.TryGetValue("version", out ModelRepositoryParameter? version)
            ? ServerDescription.VersionOf(model, version.ParameterChoiceCase == ModelRepositoryParameter.ParameterChoiceOneofCase.Int64Param
                ? version.Int64Param.ToString(CultureInfo.InvariantCulture)
                : version.StringParam)
            : null;
    }

    private static ModelMetadataResponse.Types.TensorMetadata Describe(TensorSpec spec)
    {
        ModelMetadataResponse.Types.TensorMetadata tensor = new() { Name = spec.Name, Datatype = spec.ElementType.Name };
        tensor.Shape.AddRange(spec.Dimensions.Select(size => (long)size));
        return tensor;
    }
}
