using System.Net;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Nabla.Serving.Models;
using Nabla.Serving.Protos;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Faults;

/// <summary>Requests that do not fit: each is refused with the tensor's name, what was expected and what came, and the next one is answered.</summary>
public sealed class BadInputTests(BadInputTests.SharedHost shared) : IClassFixture<BadInputTests.SharedHost>
{
    private const string Good = """{"inputs": [{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3]}, {"name": "int32", "datatype": "INT32", "shape": [1, 3], "data": [1, 2, 3]}]}""";
    private const string Second = """{"name": "int32", "datatype": "INT32", "shape": [1, 3], "data": [1, 2, 3]}""";

    [Theory]
    [InlineData("", "no inference request in JSON")]
    [InlineData("{", "no inference request in JSON")]
    [InlineData("[]", "an object")]
    [InlineData("null", "an object")]
    [InlineData("{} {}", "no inference request in JSON")]
    [InlineData("\u0001", "no inference request in JSON")]
    [InlineData("{\"inputs\": [{]}", "no inference request in JSON")]
    [InlineData("{\"inputs\": 5}", "an array as 'inputs'")]
    [InlineData("{\"inputs\": null}", "an array as 'inputs'")]
    [InlineData("{\"inputs\": [5]}", "an object as input 0")]
    [InlineData("{\"inputs\": []}", "got none called 'float32'")]
    [InlineData("{}", "got none called 'float32'")]
    [InlineData("{\"id\": 5, \"inputs\": []}", "a text as 'id'")]
    [InlineData("{\"parameters\": [], \"inputs\": []}", "an object as parameters")]
    [InlineData("{\"inputs\": [], \"inputs\": []}", "The request expects 'inputs' once but got it twice")]
    [InlineData("{\"id\": \"a\", \"inputs\": [], \"id\": \"b\"}", "The request expects 'id' once but got it twice")]
    [InlineData("{\"parameters\": {\"priority\": 10}, \"inputs\": []}", "'priority' expects")]
    [InlineData("{\"parameters\": {\"priority\": \"high\"}, \"inputs\": []}", "'priority' expects")]
    [InlineData("{\"parameters\": {\"timeout\": -1}, \"inputs\": []}", "'timeout' expects")]
    [InlineData("{\"parameters\": {\"binary_data_output\": 1}, \"inputs\": []}", "'binary_data_output' expects")]
    [InlineData("{\"outputs\": 5, \"inputs\": []}", "an array as 'outputs'")]
    [InlineData("{\"outputs\": [5], \"inputs\": []}", "an object as output 0")]
    [InlineData("{\"outputs\": [{}], \"inputs\": []}", "the name of output 0")]
    [InlineData("{\"outputs\": [{\"name\": \"float32_out\", \"parameters\": {\"classification\": -1}}], \"inputs\": []}", "'classification' of output 'float32_out'")]
    public async Task A_body_that_is_no_request(string body, string part) => await Refused(body, part);

    [Theory]
    [InlineData("""{"datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3]}""", "input 0 expects a name")]
    [InlineData("""{"name": 5, "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3]}""", "a text as its name")]
    [InlineData("""{"name": "float32", "shape": [1, 3], "data": [1, 2, 3]}""", "input 'float32' expects a 'datatype'")]
    [InlineData("""{"name": "float32", "datatype": "FLOAT", "shape": [1, 3], "data": [1, 2, 3]}""", "input 'float32' expects one of BOOL, UINT8")]
    [InlineData("""{"name": "float32", "datatype": 7, "shape": [1, 3], "data": [1, 2, 3]}""", "as its 'datatype'")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "data": [1, 2, 3]}""", "input 'float32' expects a 'shape'")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": 3, "data": [1, 2, 3]}""", "an array as its 'shape'")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1.5, 3], "data": [1, 2, 3]}""", "whole numbers as its 'shape'")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [-1, 3], "data": [1, 2, 3]}""", "sizes from 0 to 2147483647 but got -1")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [3000000000, 3], "data": [1, 2, 3]}""", "but got 3000000000")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [99999999999999999999, 3], "data": [1, 2, 3]}""", "whole numbers as its 'shape'")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [65536, 65536], "data": [1, 2, 3]}""", "more elements than")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [2147483647, 2147483647, 2147483647], "data": [1, 2, 3]}""", "more elements than")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,3], "data": [1, 2, 3]}""", "at most 16 dimensions but got more")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"x"], "data": [1, 2, 3]}""", "at most 16 dimensions but got more")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 4], "data": [1, 2, 3, 4]}""", "input 'float32' expects FP32 [?, 3] but got [1, 4]")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [3], "data": [1, 2, 3]}""", "expects FP32 [?, 3] but got [3]")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [], "data": [1]}""", "expects FP32 [?, 3] but got []")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [0, 3], "data": []}""", "one row at least")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [2, 3], "data": [1, 2, 3, 4, 5, 6]}""", "inputs of one batch")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, 2]}""", "expects 3 elements but got 2")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3, 4]}""", "expects 3 elements but got 4")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [[1, 2], [3]]}""", "of one length")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [[1], [2], [3]]}""", "expects 3 elements but got arrays of [3, 1]")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, [2, 3]]}""", "of one length")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [[], [], []]}""", "expects 3 elements but got arrays of [3, 0]")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [[], 2, 3]}""", "of one length")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [[[]], [[]], [[]]]}""", "expects 3 elements but got arrays of [3, 1, 0]")]
    [InlineData("""{"name": "float32", "datatype": "FP64", "data": [1, 2, 3], "datatype": "FP32", "shape": [1, 3]}""", "input 'float32' expects 'datatype' once but got it twice")]
    [InlineData("""{"name": "float32", "datatype": "UINT8", "data": [1, 2, 3], "datatype": "FP32", "shape": [1, 3]}""", "'datatype' once but got it twice")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3], "shape": [1, 3]}""", "'shape' once but got it twice")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3], "data": [4, 5, 6]}""", "'data' once but got it twice")]
    [InlineData("""{"data": [1, 2, 3], "name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [4, 5, 6]}""", "'data' once but got it twice")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": 5}""", "an array as its data but got 5")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": "AAAA"}""", "an array as its data but got a text")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3]}""", "expects 'data'")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, null, 3]}""", "element 1 is null")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, "two", 3]}""", "element 1 is a text")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, true, 3]}""", "element 1 is a truth value")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, {}, 3]}""", "element 1 is an object")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, "NaN", 3]}""", "input 'float32' expects finite numbers but element 1 is none")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, "-Infinity"]}""", "expects finite numbers but element 2 is none")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 1e999]}""", "element 2 is")]
    [InlineData("""{"name": "float32", "datatype": "INT32", "shape": [1, 3], "data": [1, 2, 3]}""", "expects elements of FP32, FP16, BF16 but got INT32")]
    [InlineData("""{"name": "float32", "datatype": "FP64", "shape": [1, 3], "data": [1, 2, 3]}""", "expects elements of FP32, FP16, BF16 but got FP64")]
    [InlineData("""{"name": "float32", "datatype": "BYTES", "shape": [1, 3], "data": ["1", "2", "3"]}""", "but got BYTES")]
    [InlineData("""{"name": "float64", "datatype": "FP64", "shape": [1, 3], "data": [1, 2, 3]}""", "expects the inputs 'float32', 'int32' but got 'float64'")]
    [InlineData("""{"name": "FLOAT32", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3]}""", "but got 'FLOAT32'")]
    [InlineData("""{"name": "int32", "datatype": "INT32", "shape": [1, 3], "data": [1, 2, 3]}""", "but got 'int32' twice")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "parameters": {"binary_data_size": 12}}""", "expects 12 bytes behind the JSON but got 0")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "parameters": {"binary_data_size": -1}}""", "a number of bytes as its 'binary_data_size'")]
    [InlineData("""{"name": "float32", "datatype": "FP32", "shape": [1, 3], "parameters": {"binary_data_size": 0}, "data": [1, 2, 3]}""", "but got both")]
    public async Task A_first_input_that_does_not_fit(string input, string part) => await Refused($$"""{"inputs": [{{input}}, {{Second}}]}""", part);

    [Theory]
    [InlineData("2147483648", "INT32", "element 1 is 2147483648")]
    [InlineData("1.5", "INT32", "element 1 is 1.5")]
    [InlineData("-1", "UINT8", "expects elements of UINT8 but element 1 is -1")]
    [InlineData("300", "INT8", "expects elements of INT8 but element 1 is 300")]
    [InlineData("40000", "INT16", "element 1 is 40000")]
    [InlineData("1", "INT64", "but got INT64")]
    [InlineData("1", "UINT32", "but got UINT32")]
    public async Task Whole_numbers_that_are_none_of_their_type(string value, string type, string part) => await Refused(
        $$"""{"inputs": [{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3]}, {"name": "int32", "datatype": "{{type}}", "shape": [1, 3], "data": [0, {{value}}, 0]}]}""", part);

    [Theory]
    [InlineData("""[{"name": "none"}]""", "but was asked for 'none'")]
    [InlineData("""[{"name": "float32_out"}, {"name": "float32_out"}]""", "asked for twice")]
    [InlineData("""[{"name": "int32_out", "parameters": {"classification": 1}}]""", "has no 1 classes")]
    public async Task Outputs_that_there_are_not(string outputs, string part) => await Refused($$"""{{Good[..^1]}}, "outputs": {{outputs}}}""", part);

    [Theory]
    [InlineData("-1", 0, "expects a number of bytes")]
    [InlineData("x", 0, "expects a number of bytes")]
    [InlineData("99999", 0, "expects a number of bytes")]
    [InlineData(null, 5, "no inference request")]
    [InlineData("self", 5, "the rest belongs to none")]
    [InlineData("0", 0, "a body without JSON can only be")]
    public async Task Binary_tensors_that_do_not_add_up(string? header, int more, string part)
    {
        byte[] json = Encoding.UTF8.GetBytes(Good);
        using ByteArrayContent content = new([.. json, .. new byte[more]]);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/octet-stream");
        if (header is not null)
        {
            content.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", header == "self" ? $"{json.Length}" : header);
        }

        using HttpResponseMessage response = await shared.Host.Client.PostAsync("/v2/models/echo/infer", content, TestContext.Current.CancellationToken);
        await Check(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), part);
    }

    [Fact]
    public async Task Arrays_within_arrays_without_end()
    {
        string deep = new('[', 5000);
        await Refused($$"""{"inputs": [{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": {{deep}}""", "arrays within arrays");
        await Refused($$"""{"parameters": {"a": {{deep}}""", "no inference request");
    }

    [Fact]
    public async Task More_tensors_than_the_server_takes()
    {
        string many = string.Join(", ", Enumerable.Range(0, 300).Select(index => $$"""{"name": "{{index}}", "datatype": "FP32", "shape": [1], "data": [1]}"""));
        await Refused($$"""{"inputs": [{{many}}]}""", "at most 256 inputs");
    }

    [Theory]
    [InlineData("no contents", "expects contents")]
    [InlineData("both", "either contents or raw contents")]
    [InlineData("raw count", "raw contents for each of its 2 inputs but got 1")]
    [InlineData("raw size", "expects 12 bytes but got 11")]
    [InlineData("wrong kind", "expects 3 elements in the contents of its type but got 0")]
    [InlineData("range", "from -128 to 127 but got 300")]
    [InlineData("half", "expects raw contents")]
    [InlineData("type", "as its datatype but got 'FLOAT'")]
    [InlineData("overflow", "more elements than")]
    [InlineData("negative", "but got -3")]
    [InlineData("bytes", "reaches behind the end")]
    [InlineData("priority", "'priority' expects")]
    [InlineData("output", "was asked for 'none'")]
    public async Task Messages_that_do_not_fit(string fault, string part)
    {
        GRPCInferenceService.GRPCInferenceServiceClient client = new(shared.Host.Channel);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(Broken(fault), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains(part, error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal("echo", (await client.ModelInferAsync(GoodMessage(), cancellationToken: TestContext.Current.CancellationToken)).ModelName);
    }

    [Theory]
    [InlineData("none", "", StatusCode.NotFound)]
    [InlineData("echo", "9", StatusCode.NotFound)]
    [InlineData("echo", "latest", StatusCode.NotFound)]
    [InlineData("", "", StatusCode.NotFound)]
    public async Task Models_that_there_are_not(string model, string version, StatusCode expected)
    {
        GRPCInferenceService.GRPCInferenceServiceClient client = new(shared.Host.Channel);
        ModelInferRequest request = GoodMessage();
        (request.ModelName, request.ModelVersion) = (model, version);
        Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(request, cancellationToken: TestContext.Current.CancellationToken))).StatusCode);
        Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(async () => await client.ModelMetadataAsync(new ModelMetadataRequest { Name = model, Version = version }, cancellationToken: TestContext.Current.CancellationToken))).StatusCode);
        Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(async () => await client.ModelReadyAsync(new ModelReadyRequest { Name = model, Version = version }, cancellationToken: TestContext.Current.CancellationToken))).StatusCode);
    }

    [Fact]
    public async Task Parameters_that_are_null_are_none() =>
        await shared.Host.PostJson("/v2/models/echo/infer", $"{Good[..^1]}, \"parameters\": null}}");

    private static ModelInferRequest GoodMessage()
    {
        ModelInferRequest request = Protocol.GrpcTests.Request("echo", "FP32", [1, 3], "float32");
        request.Inputs[0].Contents = new InferTensorContents { Fp32Contents = { 1, 2, 3 } };
        request.Inputs.Add(Protocol.GrpcTests.Request("echo", "INT32", [1, 3], "int32").Inputs[0]);
        request.Inputs[1].Contents = new InferTensorContents { IntContents = { 1, 2, 3 } };
        return request;
    }

    private static ModelInferRequest Broken(string fault)
    {
        ModelInferRequest request = GoodMessage();
        ModelInferRequest.Types.InferInputTensor first = request.Inputs[0];
        switch (fault)
        {
            case "no contents": first.Contents = null; break;
            case "both": request.RawInputContents.Add([ByteString.CopyFrom(new byte[12]), ByteString.CopyFrom(new byte[12])]); break;
            case "raw count": request.RawInputContents.Add(ByteString.CopyFrom(new byte[12])); break;
            case "raw size":
                first.Contents = null;
                request.Inputs[1].Contents = null;
                request.RawInputContents.Add([ByteString.CopyFrom(new byte[11]), ByteString.CopyFrom(new byte[12])]);
                break;
            case "wrong kind": first.Contents = new InferTensorContents { Fp64Contents = { 1, 2, 3 } }; break;
            case "range":
                request.Inputs[1].Datatype = "INT8";
                request.Inputs[1].Contents.IntContents[2] = 300;
                break;
            case "half": first.Datatype = "FP16"; break;
            case "type": first.Datatype = "FLOAT"; break;
            case "overflow":
                first.Shape[0] = int.MaxValue;
                break;
            case "negative": first.Shape[1] = -3; break;
            case "bytes":
                first.Contents = null;
                request.Inputs[1].Contents = null;
                first.Datatype = "BYTES";
                request.RawInputContents.Add([ByteString.CopyFrom(255, 255, 255, 255, 1), ByteString.CopyFrom(new byte[12])]);
                break;
            case "priority": request.Parameters["priority"] = new InferParameter { Int64Param = 77 }; break;
            default: request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "none" }); break;
        }

        return request;
    }

    private async Task Refused(string body, string part)
    {
        (HttpStatusCode status, string text) = await shared.Host.Post("/v2/models/echo/infer", body);
        await Check(status, text, part);
    }

    private async Task Check(HttpStatusCode status, string text, string part)
    {
        Assert.True(status == HttpStatusCode.BadRequest, $"{status} {text}");
        JsonElement answer = JsonDocument.Parse(text).RootElement;
        Assert.Contains(part, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Nabla.Serving", text, StringComparison.Ordinal);
        Assert.Equal("invalid_request", answer.GetProperty("reason").GetString());
        await shared.Host.PostJson("/v2/models/echo/infer", Good);
    }

    /// <summary>One server for all cases, which must live through all of them.</summary>
    public sealed class SharedHost : IAsyncLifetime
    {
        internal ServingHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await ServingHost.Start(
            new ServingOptions(), new Dictionary<string, IServedModel> { ["echo"] = new EchoModel(DataType.Float32, DataType.Int32) });

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
