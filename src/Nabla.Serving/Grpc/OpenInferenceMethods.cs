using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Nabla.Serving.Protos;

namespace Nabla.Serving.Grpc;

/// <summary>
/// The methods of <see cref="OpenInferenceService"/> for the framework, as the protocol's generated code lists them, but with messages that are refused as
/// the caller's error where they are none: the framework takes what a reader throws for an error of the server.
/// </summary>
internal sealed class OpenInferenceMethods(OpenInferenceService service) : IServiceMethodProvider<OpenInferenceMethods>
{
    /// <inheritdoc/>
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<OpenInferenceMethods> context) =>
        GRPCInferenceService.BindService(new Binder(context), service);

    private static Method<TRequest, TResponse> Checked<TRequest, TResponse>(Method<TRequest, TResponse> method) => new(
        method.Type, method.ServiceName, method.Name, Checked(method.RequestMarshaller), method.ResponseMarshaller);

    // Its reason is added where the answer is written, as for whatever else is wrong before a method is called.
    private static Marshaller<T> Checked<T>(Marshaller<T> usual) => new(usual.ContextualSerializer, message =>
    {
        try
        {
            return usual.ContextualDeserializer(message);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"The message is not of its kind: {error.Message}"));
        }
    });

    private sealed class Binder(ServiceMethodProviderContext<OpenInferenceMethods> context) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, global::Grpc.Core.UnaryServerMethod<TRequest, TResponse>? handler) =>
            context.AddUnaryMethod(Checked(method), [new HttpMethodMetadata(["POST"], acceptCorsPreflight: true)], (_, request, call) => handler!(request, call));
    }
}
