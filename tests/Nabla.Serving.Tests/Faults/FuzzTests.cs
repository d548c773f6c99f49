using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Nabla.Serving.Models;
using Nabla.Serving.Protos;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Faults;

/// <summary>Good requests with bytes changed, cut, doubled and mixed: each gets an answer that blames the request, and the server lives on.</summary>
public sealed class FuzzTests
{
    private const int Rounds = 1500;

    private static readonly string[] Seeds =
    [
        """{"id": "1", "inputs": [{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": [1, 2.5, -3e2]}]}""",
        """{"inputs": [{"data": [[1, 2, 3], [4, 5, 6]], "shape": [2, 3], "name": "float32", "datatype": "FP16"}], "outputs": [{"name": "float32_out", "parameters": {"classification": 2, "binary_data": false}}]}""",
        """{"parameters": {"priority": 3, "timeout": 5000000, "binary_data_output": true}, "inputs": [{"name": "float32", "datatype": "BF16", "shape": [1, 3], "data": ["NaN", 1, 2]}]}""",
        """{"instances": [[1, 2, 3], [4, 5, 6]], "signature_name": "serving_default"}""",
        """{"inputs": {"float32": [[1, 2, 3]]}}""",
        """{"examples": [{"float32": [1, 2, 3]}, {"float32": {"b64": "AAAA"}}]}""",
    ];

    private static readonly string[] Paths =
        ["/v2/models/echo/infer", "/v1/models/echo:predict", "/v1/models/echo:classify", "/v1/models/echo:regress", "/predict/echo", "/v2/repository/index", "/v2/repository/models/echo/traffic"];

    [Fact]
    public async Task No_body_over_rest_makes_the_server_fail()
    {
        await using ServingHost host = await Start();
        Random random = new(6);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] body = Mutated(Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]), random);
            string path = Paths[random.Next(Paths.Length)];
            using ByteArrayContent content = new(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (random.Next(4) == 0)
            {
                content.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", $"{random.Next(body.Length + 3)}");
            }

            using HttpResponseMessage response = await host.Client.PostAsync(path, content, TestContext.Current.CancellationToken);
            string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(
                response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.GatewayTimeout,
                $"round {round}: {path} {response.StatusCode} {text}\n{Encoding.UTF8.GetString(body)}");
        }

        Assert.Equal(HttpStatusCode.OK, (await host.Get("/v2/models/echo/ready")).Status);
    }

    [Fact]
    public async Task No_message_over_grpc_makes_the_server_fail()
    {
        await using ServingHost host = await Start();
        Method<byte[], byte[]> method = new(
            MethodType.Unary, "inference.GRPCInferenceService", "ModelInfer", Marshallers.Create(bytes => bytes, bytes => bytes), Marshallers.Create(bytes => bytes, bytes => bytes));
        CallInvoker invoker = host.Channel.CreateCallInvoker();
        byte[][] seeds = [Typed().ToByteArray(), Raw().ToByteArray()];
        Random random = new(7);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] message = Mutated(seeds[random.Next(2)], random);
            StatusCode code = StatusCode.OK;
            try
            {
                await invoker.AsyncUnaryCall(method, null, default, message).ResponseAsync;
            }
            catch (RpcException error)
            {
                code = error.StatusCode;
            }

            Assert.True(
                code == StatusCode.InvalidArgument || (code is StatusCode.OK or StatusCode.NotFound or StatusCode.DeadlineExceeded && Parses(message)),
                $"round {round}: {code} {Convert.ToHexString(message)}");
        }

        GRPCInferenceService.GRPCInferenceServiceClient client = new(host.Channel);
        Assert.Equal("echo", (await client.ModelInferAsync(Typed(), cancellationToken: TestContext.Current.CancellationToken)).ModelName);
    }

    private static Task<ServingHost> Start() =>
        ServingHost.Start(new ServingOptions(), new Dictionary<string, IServedModel> { ["echo"] = new EchoModel(DataType.Float32) });

    private static ModelInferRequest Typed()
    {
        ModelInferRequest request = Protocol.GrpcTests.Request("echo", "FP32", [1, 3], "float32");
        request.Inputs[0].Contents = new InferTensorContents { Fp32Contents = { 1, 2, 3 } };
        request.Parameters["priority"] = new InferParameter { Int64Param = 2 };
        return request;
    }

    private static ModelInferRequest Raw()
    {
        ModelInferRequest request = Protocol.GrpcTests.Request("echo", "FP32", [2, 3], "float32");
        request.RawInputContents.Add(ByteString.CopyFrom(new byte[24]));
        return request;
    }

    private static bool Parses(byte[] message)
    {
        try
        {
            ModelInferRequest.Parser.ParseFrom(message);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static byte[] Mutated(byte[] seed, Random random)
    {
        List<byte> bytes = [.. seed];
        for (int change = random.Next(5); change >= 0 && bytes.Count > 0; change--)
        {
            int place = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 12), bytes.Count - place);
            switch (random.Next(5))
            {
                case 0: bytes[place] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(place, length); break;
                case 2: bytes.InsertRange(place, bytes.GetRange(place, length)); break;
                case 3: bytes[place] ^= (byte)(1 << random.Next(8)); break;
                default: bytes.RemoveRange(place, bytes.Count - place); break;
            }
        }

        return [.. bytes];
    }
}
