using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Nabla.Formats;
using Nabla.Serving.Tests.Hosts;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Protocol;

/// <summary>The REST form of the Open Inference Protocol as its specification has it.</summary>
public sealed class RestTests
{
    private const string FlowersInput = """{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [0.1, 0.2, 0.3, 0.4]}""";

    [Fact]
    public async Task The_server_and_its_models_describe_themselves()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        JsonElement server = await host.GetJson("/v2");
        Assert.Equal("nabla", server.GetProperty("name").GetString());
        Assert.Contains("binary_tensor_data", server.GetProperty("extensions").EnumerateArray().Select(name => name.GetString()));
        Assert.True((await host.GetJson("/v2/health/live")).GetProperty("live").GetBoolean());
        Assert.True((await host.GetJson("/v2/health/ready")).GetProperty("ready").GetBoolean());
        foreach (string model in new[] { "/v2/models/flowers", "/v2/models/flowers/versions/1" })
        {
            JsonElement metadata = await host.GetJson(model);
            Assert.Equal("""["1"]""", metadata.GetProperty("versions").GetRawText());
            Assert.Equal("""[{"name":"input","datatype":"FP32","shape":[-1,4]}]""", metadata.GetProperty("inputs").GetRawText());
            Assert.Equal("""[{"name":"output","datatype":"FP32","shape":[-1,3]}]""", metadata.GetProperty("outputs").GetRawText());
            Assert.Equal("""{"name":"flowers","ready":true}""", (await host.GetJson($"{model}/ready")).GetRawText());
        }
    }

    [Fact]
    public async Task An_answer_has_the_id_the_names_and_the_numbers_of_the_network()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        JsonElement answer = await host.PostJson("/v2/models/flowers/infer", $$"""{"id": "42", "inputs": [{{FlowersInput}}], "outputs": [{"name": "output"}]}""");
        Assert.Equal("flowers", answer.GetProperty("model_name").GetString());
        Assert.Equal("1", answer.GetProperty("model_version").GetString());
        Assert.Equal("42", answer.GetProperty("id").GetString());
        JsonElement output = Assert.Single(answer.GetProperty("outputs").EnumerateArray());
        Assert.Equal(("output", "FP32", "[1,3]"), (output.GetProperty("name").GetString(), output.GetProperty("datatype").GetString(), output.GetProperty("shape").GetRawText()));
        float[] expected = TestModels.Flowers().Network.Forward(Tensor.From([0.1f, 0.2f, 0.3f, 0.4f], [1, 4])).ToArray<float>();
        Assert.Equal(expected, Floats(output), (left, right) => Math.Abs(left - right) < 1e-6f);
    }

    [Fact]
    public async Task A_model_of_several_inputs_and_outputs_answers_by_their_names()
    {
        using TemporaryFolder folder = new();
        ModelFolder.Save(folder.File("pair/1"), TestModels.Pair());
        await using ServingHost host = await ServingHost.Start(new ServingOptions(), new Dictionary<string, Nabla.Serving.Models.IServedModel> { ["pair"] = new Nabla.Serving.Models.SharedModels(_ => { }).Load(folder.File("pair/1")) });
        JsonElement metadata = await host.GetJson("/v2/models/pair");
        Assert.Equal("nabla_graph", metadata.GetProperty("platform").GetString());
        Assert.Equal("""[{"name":"sum","datatype":"FP32","shape":[-1]},{"name":"both","datatype":"FP32","shape":[-1,6]}]""", metadata.GetProperty("outputs").GetRawText());
        JsonElement answer = await host.PostJson("/v2/models/pair/infer", """{"inputs": [{"name": "right", "datatype": "FP32", "shape": [2, 3], "data": [1, 2, 3, 4, 5, 6]}, {"name": "left", "datatype": "FP32", "shape": [2, 3], "data": [0, 0, 1, 1, 0, 0]}]}""");
        Tensor[] expected = TestModels.Pair().Network.Compute(Tensor.From([0f, 0, 1, 1, 0, 0], [2, 3]), Tensor.From([1f, 2, 3, 4, 5, 6], [2, 3]));
        Assert.Equal(expected[0].ToArray<float>(), Floats(answer.GetProperty("outputs")[0]), (left, right) => Math.Abs(left - right) < 1e-5f);
        Assert.Equal(expected[1].ToArray<float>(), Floats(answer.GetProperty("outputs")[1]));
    }

    [Theory]
    [InlineData("""{"data": [0.1, 0.2, 0.3, 0.4], "shape": [1, 4], "datatype": "FP32", "name": "input"}""")]
    [InlineData("""{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [[0.1, 0.2, 0.3, 0.4]]}""")]
    [InlineData("""{"name": "input", "datatype": "FP32", "shape": [1, 4], "unknown": {"a": [1]}, "parameters": {"other": 1}, "data": [1e-1, 2E-1, 0.3, 0.4]}""")]
    public async Task Fields_come_in_any_order_and_data_flat_or_nested(string input)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        JsonElement usual = await host.PostJson("/v2/models/flowers/versions/1/infer", $$"""{"inputs": [{{FlowersInput}}]}""");
        JsonElement other = await host.PostJson("/v2/models/flowers/infer", $$"""{"unknown": [1, 2], "inputs": [{{input}}]}""");
        Assert.Equal(usual.GetRawText(), other.GetRawText());
        Assert.False(usual.TryGetProperty("id", out _));
    }

    [Theory]
    [InlineData("FP16")]
    [InlineData("BF16")]
    [InlineData("FP32")]
    public async Task Floating_point_numbers_of_each_width_are_taken_as_json_and_as_bytes(string type)
    {
        await using ServingHost host = await ServingHost.Start(new ServingOptions(), new Dictionary<string, Nabla.Serving.Models.IServedModel> { ["echo"] = new EchoModel(DataType.Float32) });
        byte[] raw = type switch
        {
            "FP16" => MemoryMarshal.AsBytes<Half>([(Half)1.5f, (Half)(-2), (Half)0.25f]).ToArray(),
            "BF16" => MemoryMarshal.AsBytes<ushort>([0x3FC0, 0xC000, 0x3E80]).ToArray(),
            _ => MemoryMarshal.AsBytes<float>([1.5f, -2, 0.25f]).ToArray(),
        };
        JsonElement fromJson = await host.PostJson("/v2/models/echo/infer", $$"""{"inputs": [{"name": "float32", "datatype": "{{type}}", "shape": [1, 3], "data": [1.5, -2, 0.25]}]}""");
        Assert.Equal([1.5f, -2, 0.25f], Floats(fromJson.GetProperty("outputs")[0]));
        (JsonElement json, byte[] data) = await Binary(
            host, "echo", $$$"""{"inputs": [{"name": "float32", "datatype": "{{{type}}}", "shape": [1, 3], "parameters": {"binary_data_size": {{{raw.Length}}}}}], "parameters": {"binary_data_output": true}}""", raw);
        Assert.Equal(12, json.GetProperty("outputs")[0].GetProperty("parameters").GetProperty("binary_data_size").GetInt32());
        Assert.Equal([1.5f, -2, 0.25f], MemoryMarshal.Cast<byte, float>(data).ToArray());
    }

    [Theory]
    [InlineData("BOOL", "bool", "[true, false, true]")]
    [InlineData("UINT8", "uint8", "[0, 7, 255]")]
    [InlineData("INT8", "int32", "[-128, 0, 127]")]
    [InlineData("UINT8", "int32", "[0, 7, 255]")]
    [InlineData("INT16", "int32", "[-32768, 0, 32767]")]
    [InlineData("UINT16", "int32", "[0, 7, 65535]")]
    [InlineData("INT32", "int32", "[-2147483648, 0, 2147483647]")]
    [InlineData("INT32", "int64", "[-2147483648, 0, 2147483647]")]
    [InlineData("UINT32", "int64", "[0, 7, 4294967295]")]
    [InlineData("UINT64", "int64", "[0, 7, 9223372036854775807]")]
    [InlineData("INT64", "int64", "[-9223372036854775808, 0, 9223372036854775807]")]
    [InlineData("FP64", "float64", "[1e-300, -0.1, 3.141592653589793]")]
    [InlineData("FP32", "float64", "[0.5, -0.25, 3]")]
    public async Task Each_type_reaches_the_model_and_comes_back_without_loss(string type, string input, string values)
    {
        DataType model = Enum.GetValues<DataType>().Single(each => each.Label == input);
        await using ServingHost host = await ServingHost.Start(new ServingOptions(), new Dictionary<string, Nabla.Serving.Models.IServedModel> { ["echo"] = new EchoModel(model) });
        JsonElement answer = await host.PostJson("/v2/models/echo/infer", $$"""{"inputs": [{"name": "{{input}}", "datatype": "{{type}}", "shape": [1, 3], "data": {{values}}}]}""");
        JsonElement output = answer.GetProperty("outputs")[0];
        Assert.Equal($"{input}_out", output.GetProperty("name").GetString());
        Assert.Equal(Normal(values), Normal(output.GetProperty("data").GetRawText()));
    }

    [Fact]
    public async Task Each_of_many_callers_gets_the_answer_to_its_own_question_though_others_give_up()
    {
        await using ServingHost host = await ServingHost.Start(new ServingOptions(), new Dictionary<string, Nabla.Serving.Models.IServedModel> { ["echo"] = new EchoModel(DataType.Float32) });
        int answered = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (int count = 0; count < 100; count++)
            {
                string numbers = $"[{caller}, {count}, 0.{caller}{count}]";
                string timeout = count % 5 == 4 ? """, "parameters": {"timeout": 1}""" : "";
                (HttpStatusCode status, string text) = await host.Post(
                    "/v2/models/echo/infer", $$"""{"inputs": [{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": {{numbers}}}]{{timeout}}}""");
                if (status == HttpStatusCode.OK)
                {
                    Assert.Equal(Normal(numbers), Normal(JsonDocument.Parse(text).RootElement.GetProperty("outputs")[0].GetProperty("data").GetRawText()));
                    Interlocked.Increment(ref answered);
                }
            }
        }, TestContext.Current.CancellationToken)));
        Assert.InRange(answered, 16 * 80, 16 * 100);
    }

    [Theory]
    [InlineData("[0, 1, 9]", 0f, 1f, 9f)]
    [InlineData("[-0, 1e2, 0.27450982]", -0f, 100f, 0.27450982f)]
    [InlineData("[[1.0000001, 16777217, 3.4028235e38]]", 1.0000001f, 16777217f, 3.4028235e38f)]
    [InlineData("[[1e-45, 0.1, -7]]", 1e-45f, 0.1f, -7f)]
    public async Task Numbers_in_json_are_the_nearest_floats(string data, float first, float second, float third)
    {
        await using ServingHost host = await ServingHost.Start(new ServingOptions(), new Dictionary<string, Nabla.Serving.Models.IServedModel> { ["echo"] = new EchoModel(DataType.Float32) });
        JsonElement answer = await host.PostJson("/v2/models/echo/infer", $$"""{"inputs": [{"name": "float32", "datatype": "FP32", "shape": [1, 3], "data": {{data}}}]}""");
        Assert.Equal([first, second, third], Floats(answer.GetProperty("outputs")[0]));
    }

    [Fact]
    public async Task Inputs_and_outputs_may_be_partly_binary()
    {
        await using ServingHost host = await ServingHost.Start(
            new ServingOptions(), new Dictionary<string, Nabla.Serving.Models.IServedModel> { ["echo"] = new EchoModel(DataType.Float32, DataType.Int64, DataType.Bool) });
        byte[] raw = [.. MemoryMarshal.AsBytes<float>([1, 2, 3, 4, 5, 6]), 1, 0, 1, 0, 0, 1];
        (JsonElement json, byte[] data) = await Binary(
            host,
            "echo",
            """
            {"inputs": [
              {"name": "float32", "datatype": "FP32", "shape": [2, 3], "parameters": {"binary_data_size": 24}},
              {"name": "int64", "datatype": "INT64", "shape": [2, 3], "data": [1, 2, 3, 4, 5, 6]},
              {"name": "bool", "datatype": "BOOL", "shape": [2, 3], "parameters": {"binary_data_size": 6}}],
             "outputs": [{"name": "bool_out", "parameters": {"binary_data": true}}, {"name": "int64_out"}, {"name": "float32_out", "parameters": {"binary_data": true}}]}
            """,
            raw);
        Assert.Equal(["bool_out", "int64_out", "float32_out"], json.GetProperty("outputs").EnumerateArray().Select(output => output.GetProperty("name").GetString()));
        Assert.Equal("[1,2,3,4,5,6]", json.GetProperty("outputs")[1].GetProperty("data").GetRawText());
        Assert.Equal([.. raw[24..], .. raw[..24]], data);
    }

    [Fact]
    public async Task A_body_without_json_is_the_only_input()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        float[] rows = TestModels.Numbers(8);
        using HttpRequestMessage request = new(HttpMethod.Post, "/v2/models/flowers/infer") { Content = Bytes(MemoryMarshal.AsBytes<float>(rows).ToArray(), 0) };
        using HttpResponseMessage response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal("[2,3]", answer.GetProperty("outputs")[0].GetProperty("shape").GetRawText());
        Assert.Equal(TestModels.Flowers().Network.Forward(Tensor.From(rows, [2, 4])).ToArray<float>(), Floats(answer.GetProperty("outputs")[0]), (left, right) => Math.Abs(left - right) < 1e-6f);
    }

    [Fact]
    public async Task Outputs_become_the_best_classes_with_their_labels()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        JsonElement answer = await host.PostJson(
            "/v2/models/flowers/infer", $$$"""{"inputs": [{{{FlowersInput}}}], "outputs": [{"name": "output", "parameters": {"classification": 2}}]}""");
        JsonElement output = answer.GetProperty("outputs")[0];
        float[] expected = TestModels.Flowers().Network.Forward(Tensor.From([0.1f, 0.2f, 0.3f, 0.4f], [1, 4])).ToArray<float>();
        int best = Array.IndexOf(expected, expected.Max());
        Assert.Equal(("BYTES", "[1,2]"), (output.GetProperty("datatype").GetString(), output.GetProperty("shape").GetRawText()));
        Assert.EndsWith($":{best}:{TestModels.Flowers().Labels[best]}", output.GetProperty("data")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_and_rows_go_through_the_preprocessing_of_the_model()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Table(), TestModels.Reviews());
        JsonElement iris = await host.PostJson(
            "/v2/models/iris/infer", """{"inputs": [{"name": "input", "datatype": "BYTES", "shape": [2], "data": ["5.1,3.5,1.4,0.2", "6.2,3.4,5.4,2.3"]}]}""");
        Assert.Equal("[2,3]", iris.GetProperty("outputs")[0].GetProperty("shape").GetRawText());
        JsonElement reviews = await host.PostJson(
            "/v2/models/reviews/infer", """{"inputs": [{"name": "input", "datatype": "BYTES", "shape": [1], "data": ["good film"]}]}""");
        JsonElement tokens = await host.PostJson(
            "/v2/models/reviews/infer", """{"inputs": [{"name": "input", "datatype": "INT32", "shape": [1, 6], "data": [2, 4, 0, 0, 0, 0]}]}""");
        Assert.Equal(tokens.GetProperty("outputs").GetRawText(), reviews.GetProperty("outputs").GetRawText());
    }

    [Fact]
    public async Task Concurrent_requests_get_the_bits_that_they_get_alone()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Digits());
        byte[][] images = [.. Enumerable.Range(0, 60).Select(seed => MemoryMarshal.AsBytes<float>(TestModels.Numbers(144, seed)).ToArray())];
        List<byte[]> alone = [];
        foreach (byte[] image in images)
        {
            alone.Add(await Ask(host, image));
        }

        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(alone, await Task.WhenAll(images.Select(image => Ask(host, image))));
        }
    }

    private static async Task<byte[]> Ask(ServingHost host, byte[] image) => (await Binary(
        host,
        "digits",
        $$$"""{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 12, 12, 1], "parameters": {"binary_data_size": {{{image.Length}}}}}], "parameters": {"binary_data_output": true}}""",
        image)).Data;

    internal static async Task<(JsonElement Json, byte[] Data)> Binary(ServingHost host, string model, string json, byte[] data)
    {
        byte[] head = Encoding.UTF8.GetBytes(json);
        using HttpRequestMessage request = new(HttpMethod.Post, $"/v2/models/{model}/infer") { Content = Bytes([.. head, .. data], head.Length) };
        using HttpResponseMessage response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        byte[] body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, Encoding.UTF8.GetString(body));
        int length = int.Parse(response.Headers.GetValues("Inference-Header-Content-Length").Single(), System.Globalization.CultureInfo.InvariantCulture);
        return (JsonDocument.Parse(body.AsMemory(0, length)).RootElement, body[length..]);
    }

    internal static ByteArrayContent Bytes(byte[] body, int jsonLength)
    {
        ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", $"{jsonLength}");
        return content;
    }

    private static float[] Floats(JsonElement output) => [.. output.GetProperty("data").EnumerateArray().Select(value => value.GetSingle())];

    private static string Normal(string values) => string.Join(",", JsonDocument.Parse(values).RootElement.EnumerateArray().Select(value =>
        value.ValueKind == JsonValueKind.Number ? value.GetDecimalOrDouble() : value.GetRawText()));
}

internal static class JsonNumbers
{
    public static string GetDecimalOrDouble(this JsonElement value) => value.TryGetInt64(out long whole)
        ? $"{whole}"
        : value.GetDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
