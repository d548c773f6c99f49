using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using Nabla.Serving.Protos;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Protocol;

/// <summary>The gRPC form of the Open Inference Protocol, by the client that protoc generates.</summary>
public sealed class GrpcTests
{
    [Fact]
    public async Task The_server_and_its_models_describe_themselves()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        GRPCInferenceService.GRPCInferenceServiceClient client = new(host.Channel);
        Assert.True((await client.ServerLiveAsync(new ServerLiveRequest(), cancellationToken: TestContext.Current.CancellationToken)).Live);
        Assert.True((await client.ServerReadyAsync(new ServerReadyRequest(), cancellationToken: TestContext.Current.CancellationToken)).Ready);
        Assert.True((await client.ModelReadyAsync(new ModelReadyRequest { Name = "flowers", Version = "1" }, cancellationToken: TestContext.Current.CancellationToken)).Ready);
        Assert.Equal("nabla", (await client.ServerMetadataAsync(new ServerMetadataRequest(), cancellationToken: TestContext.Current.CancellationToken)).Name);
        ModelMetadataResponse model = await client.ModelMetadataAsync(new ModelMetadataRequest { Name = "flowers" }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["1"], model.Versions);
        Assert.Equal("FP32", model.Inputs.Single().Datatype);
        Assert.Equal([-1L, 4], model.Inputs.Single().Shape);
    }

    [Fact]
    public async Task Raw_and_typed_contents_have_one_answer()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        GRPCInferenceService.GRPCInferenceServiceClient client = new(host.Channel);
        ModelInferRequest typed = Request("flowers", "FP32", [1, 4]);
        typed.Id = "7";
        typed.Inputs[0].Contents = new InferTensorContents { Fp32Contents = { 0.1f, 0.2f, 0.3f, 0.4f } };
        ModelInferRequest raw = Request("flowers", "FP32", [1, 4]);
        raw.RawInputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes<float>([0.1f, 0.2f, 0.3f, 0.4f])));
        ModelInferResponse answer = await client.ModelInferAsync(typed, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(("flowers", "1", "7"), (answer.ModelName, answer.ModelVersion, answer.Id));
        Assert.Equal((await client.ModelInferAsync(raw, cancellationToken: TestContext.Current.CancellationToken)).RawOutputContents, answer.RawOutputContents);
        Assert.Equal(3 * sizeof(float), answer.RawOutputContents.Single().Length);
    }

    [Fact]
    public async Task Each_type_has_contents_of_its_kind()
    {
        await using ServingHost host = await ServingHost.Start(new ServingOptions(), new Dictionary<string, Nabla.Serving.Models.IServedModel>
        {
            ["bool"] = new EchoModel(DataType.Bool),
            ["int"] = new EchoModel(DataType.Int64),
            ["float"] = new EchoModel(DataType.Float64),
        });
        GRPCInferenceService.GRPCInferenceServiceClient client = new(host.Channel);
        Assert.Equal([1, 0, 1], (await Ask("bool", "bool", "BOOL", contents => contents.BoolContents.Add([true, false, true]))).ToByteArray());
        foreach (string type in new[] { "INT8", "INT16", "INT32" })
        {
            Assert.Equal([-1L, 0, 100], Longs(await Ask("int", "int64", type, contents => contents.IntContents.Add([-1, 0, 100]))));
        }

        foreach (string type in new[] { "UINT8", "UINT16", "UINT32" })
        {
            Assert.Equal([0L, 7, 200], Longs(await Ask("int", "int64", type, contents => contents.UintContents.Add([0, 7, 200]))));
        }

        Assert.Equal([long.MinValue, 0, long.MaxValue], Longs(await Ask("int", "int64", "INT64", contents => contents.Int64Contents.Add([long.MinValue, 0, long.MaxValue]))));
        Assert.Equal([0L, 1, long.MaxValue], Longs(await Ask("int", "int64", "UINT64", contents => contents.Uint64Contents.Add([0, 1, long.MaxValue]))));
        Assert.Equal([0.1, -2, 1e300], Doubles(await Ask("float", "float64", "FP64", contents => contents.Fp64Contents.Add([0.1, -2, 1e300]))));
        Assert.Equal([0.5, -2, 3], Doubles(await Ask("float", "float64", "FP32", contents => contents.Fp32Contents.Add([0.5f, -2, 3]))));

        async Task<ByteString> Ask(string model, string input, string type, Action<InferTensorContents> fill)
        {
            ModelInferRequest request = Request(model, type, [1, 3], input);
            fill(request.Inputs[0].Contents = new InferTensorContents());
            return (await client.ModelInferAsync(request)).RawOutputContents.Single();
        }
    }

    [Fact]
    public async Task The_repository_is_listed_and_models_are_let_go_and_loaded()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        GRPCInferenceService.GRPCInferenceServiceClient client = new(host.Channel);
        Assert.Equal(("flowers", "1", "READY"), States(await client.RepositoryIndexAsync(new RepositoryIndexRequest(), cancellationToken: TestContext.Current.CancellationToken)));
        await client.RepositoryModelUnloadAsync(new RepositoryModelUnloadRequest { ModelName = "flowers" }, host.AdminMetadata, cancellationToken: TestContext.Current.CancellationToken);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(Request("flowers", "FP32", [1, 4]), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal("not_ready", error.Trailers.GetValue("reason"));
        Assert.False((await client.ServerReadyAsync(new ServerReadyRequest(), cancellationToken: TestContext.Current.CancellationToken)).Ready);
        await client.RepositoryModelLoadAsync(new RepositoryModelLoadRequest { ModelName = "flowers" }, host.AdminMetadata, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(("flowers", "1", "READY"), States(await client.RepositoryIndexAsync(new RepositoryIndexRequest { Ready = true }, cancellationToken: TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Health_is_told_in_the_usual_way_of_grpc()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        AsyncUnaryCall<byte[]> call = host.Channel.CreateCallInvoker().AsyncUnaryCall(
            new Method<byte[], byte[]>(MethodType.Unary, "grpc.health.v1.Health", "Check", Marshallers.Create(bytes => bytes, bytes => bytes), Marshallers.Create(bytes => bytes, bytes => bytes)),
            null, default, []);
        byte[] answer = await call.ResponseAsync;
        Assert.True(answer is [] or [8, _], Convert.ToHexString(answer));
    }

    internal static ModelInferRequest Request(string model, string type, long[] shape, string input = "input")
    {
        ModelInferRequest.Types.InferInputTensor tensor = new() { Name = input, Datatype = type };
        tensor.Shape.AddRange(shape);
        return new ModelInferRequest { ModelName = model, Inputs = { tensor } };
    }

    private static (string Name, string Version, string State) States(RepositoryIndexResponse response)
    {
        RepositoryIndexResponse.Types.ModelIndex only = Assert.Single(response.Models);
        return (only.Name, only.Version, only.State);
    }

    private static IEnumerable<long> Longs(ByteString bytes) => MemoryMarshal.Cast<byte, long>(bytes.Span).ToArray();

    private static IEnumerable<double> Doubles(ByteString bytes) => MemoryMarshal.Cast<byte, double>(bytes.Span).ToArray();
}
