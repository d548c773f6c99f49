using System.Text.Json;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Clients;

/// <summary>Clients that are not ours: curl, and a client of gRPC from the npm registry that reads the protocol's file.</summary>
public sealed class OtherClientTests
{
    [Fact]
    public async Task Curl_gets_the_same_numbers_by_each_protocol()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        const string Input = """{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [0.1, 0.2, 0.3, 0.4]}]}""";
        JsonElement v2 = await Curl($"{host.RestAddress}/v2/models/flowers/infer", "-H", "Content-Type: application/json", "-d", Input);
        JsonElement v1 = await Curl($"{host.RestAddress}/v1/models/flowers:predict", "-d", """{"instances": [[0.1, 0.2, 0.3, 0.4]]}""");
        Assert.Equal(
            v2.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(value => value.GetSingle()),
            v1.GetProperty("predictions")[0].EnumerateArray().Select(value => value.GetSingle()));
    }

    [Fact]
    public async Task A_client_of_grpc_js_gets_the_same_numbers()
    {
        string folder = Nabla.Tests.Repository.PathOf("tests/Nabla.Serving.Tests/Clients/node");
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules")), $"Install the client first: (cd {folder} && npm ci --ignore-scripts).");
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        (int exitCode, string output) = await ClientProgram.Run("node", Path.Combine(folder, "infer.mjs"), new Uri(host.GrpcAddress).Authority, Nabla.Tests.Repository.PathOf("src/Nabla.Serving/Protos/open_inference.proto"));
        Assert.True(exitCode == 0, output);
        JsonElement answer = JsonDocument.Parse(output).RootElement;
        Assert.True(answer.GetProperty("ready").GetBoolean());
        Assert.Equal("5", answer.GetProperty("notFound").GetRawText());
        float[] expected = TestModels.Flowers().Network.Forward(Tensor.From([0.1f, 0.2f, 0.3f, 0.4f], [1, 4])).ToArray<float>();
        Assert.Equal(expected, answer.GetProperty("output").EnumerateArray().Select(value => value.GetSingle()), (left, right) => Math.Abs(left - right) < 1e-6f);
    }

    private static async Task<JsonElement> Curl(string url, params string[] arguments) => JsonDocument.Parse((await ClientProgram.Curl(url, arguments)).Body).RootElement;
}
