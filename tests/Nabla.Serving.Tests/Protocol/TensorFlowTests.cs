using System.Net;
using System.Text.Json;
using Nabla.Serving.Models;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Protocol;

/// <summary>The REST API of TensorFlow Serving as its documentation has it.</summary>
public sealed class TensorFlowTests
{
    [Fact]
    public async Task Status_and_metadata_have_the_form_of_the_api()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        foreach (string model in new[] { "/v1/models/flowers", "/v1/models/flowers/versions/1", "/v1/models/flowers/labels/stable" })
        {
            Assert.Equal(
                """{"model_version_status":[{"version":"1","state":"AVAILABLE","status":{"error_code":"OK","error_message":""}}]}""",
                (await host.GetJson(model)).GetRawText());
            JsonElement metadata = await host.GetJson($"{model}/metadata");
            JsonElement signature = metadata.GetProperty("metadata").GetProperty("signature_def").GetProperty("signature_def").GetProperty("serving_default");
            Assert.Equal("DT_FLOAT", signature.GetProperty("inputs").GetProperty("input").GetProperty("dtype").GetString());
            Assert.Equal("4", signature.GetProperty("inputs").GetProperty("input").GetProperty("tensor_shape").GetProperty("dim")[1].GetProperty("size").GetString());
        }
    }

    [Fact]
    public async Task Rows_and_columns_give_the_same_numbers()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        const string Rows = "[[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]]";
        JsonElement byRow = await host.PostJson("/v1/models/flowers:predict", $$"""{"instances": {{Rows}}}""");
        JsonElement named = await host.PostJson("/v1/models/flowers/versions/1:predict", """{"signature_name": "serving_default", "instances": [{"input": [0.1, 0.2, 0.3, 0.4]}, {"input": [0.5, 0.6, 0.7, 0.8]}]}""");
        JsonElement byColumn = await host.PostJson("/v1/models/flowers/labels/stable:predict", $$"""{"inputs": {"input": {{Rows}} } }""");
        JsonElement unnamed = await host.PostJson("/v1/models/flowers:predict", $$"""{"inputs": {{Rows}}}""");
        string expected = byRow.GetProperty("predictions").GetRawText();
        Assert.Equal(2, byRow.GetProperty("predictions").GetArrayLength());
        Assert.Equal(3, byRow.GetProperty("predictions")[0].GetArrayLength());
        Assert.Equal([expected, expected, expected], [named.GetProperty("predictions").GetRawText(), byColumn.GetProperty("outputs").GetRawText(), unnamed.GetProperty("outputs").GetRawText()]);
    }

    [Fact]
    public async Task Several_inputs_and_outputs_go_by_name()
    {
        await using ServingHost host = await ServingHost.Start(
            new ServingOptions(), new Dictionary<string, IServedModel> { ["echo"] = new EchoModel(DataType.Float32, DataType.Int64) });
        JsonElement rows = await host.PostJson("/v1/models/echo:predict", """{"instances": [{"float32": [1, 2, 3], "int64": [4, 5, 6]}, {"float32": [7, 8, 9], "int64": [1, 2, 3]}]}""");
        Assert.Equal("""[{"float32_out":[1,2,3],"int64_out":[4,5,6]},{"float32_out":[7,8,9],"int64_out":[1,2,3]}]""", rows.GetProperty("predictions").GetRawText());
        JsonElement columns = await host.PostJson("/v1/models/echo:predict", """{"inputs": {"float32": [[1, 2, 3]], "int64": [[4, 5, 6]]}}""");
        Assert.Equal("""{"float32_out":[[1,2,3]],"int64_out":[[4,5,6]]}""", columns.GetProperty("outputs").GetRawText());
    }

    [Fact]
    public async Task Examples_are_classified_by_features_or_by_the_columns_of_the_table()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers(), TestModels.Table());
        JsonElement flowers = await host.PostJson("/v1/models/flowers:classify", """{"examples": [{"input": [0.1, 0.2, 0.3, 0.4]}, {"input": [0.5, 0.6, 0.7, 0.8]}]}""");
        Assert.Equal(2, flowers.GetProperty("results").GetArrayLength());
        Assert.Equal(["setosa", "versicolor", "virginica"], flowers.GetProperty("results")[0].EnumerateArray().Select(pair => pair[0].GetString()));
        JsonElement iris = await host.PostJson(
            "/v1/models/iris:classify", """{"context": {"petal_width": 0.2}, "examples": [{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4}]}""");
        JsonElement row = await host.PostJson("/v2/models/iris/infer", """{"inputs": [{"name": "input", "datatype": "BYTES", "shape": [1], "data": ["5.1,3.5,1.4,0.2"]}]}""");
        Assert.Equal(
            row.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(value => value.GetSingle()),
            iris.GetProperty("results")[0].EnumerateArray().Select(pair => pair[1].GetSingle()));
    }

    [Theory]
    [InlineData("/v1/models/none:predict", """{"instances": [[1, 2, 3, 4]]}""", HttpStatusCode.NotFound, "There is no model 'none'")]
    [InlineData("/v1/models/flowers/versions/7:predict", """{"instances": [[1, 2, 3, 4]]}""", HttpStatusCode.NotFound, "no version 7")]
    [InlineData("/v1/models/flowers/versions/x:predict", """{"instances": [[1, 2, 3, 4]]}""", HttpStatusCode.NotFound, "versions are numbers")]
    [InlineData("/v1/models/flowers/labels/beta:predict", """{"instances": [[1, 2, 3, 4]]}""", HttpStatusCode.NotFound, "label 'beta'")]
    [InlineData("/v1/models/flowers/labels/canary:predict", """{"instances": [[1, 2, 3, 4]]}""", HttpStatusCode.NotFound, "label 'canary'")]
    [InlineData("/v1/models/flowers:predict", """{}""", HttpStatusCode.BadRequest, "either 'instances' or 'inputs'")]
    [InlineData("/v1/models/flowers:predict", """{"instances": [[1, 2, 3, 4]], "inputs": [[1, 2, 3, 4]]}""", HttpStatusCode.BadRequest, "both")]
    [InlineData("/v1/models/flowers:predict", """{"instances": []}""", HttpStatusCode.BadRequest, "a value for each row")]
    [InlineData("/v1/models/flowers:predict", """{"instances": [[1, 2, 3]]}""", HttpStatusCode.BadRequest, "expects FP32 [?, 4] but got [1, 3]")]
    [InlineData("/v1/models/flowers:predict", """{"instances": [[1, 2, 3, 4], [1, 2]]}""", HttpStatusCode.BadRequest, "of one length")]
    [InlineData("/v1/models/flowers:predict", """{"instances": [{"x": [1, 2, 3, 4]}]}""", HttpStatusCode.BadRequest, "has no 'input'")]
    [InlineData("/v1/models/flowers:predict", """{"instances": [{"input": [1, 2, 3, 4], "x": 1}]}""", HttpStatusCode.BadRequest, "has 'x'")]
    [InlineData("/v1/models/flowers:predict", """{"instances": [["a", 2, 3, 4]]}""", HttpStatusCode.BadRequest, "expects elements of FP32 but element 0 is a text")]
    [InlineData("/v1/models/flowers:predict", """{"signature_name": "other", "instances": [[1, 2, 3, 4]]}""", HttpStatusCode.BadRequest, "'serving_default' is the only one")]
    [InlineData("/v1/models/flowers:predict", """{"instances": [{"b64": "%%"}]}""", HttpStatusCode.BadRequest, "base64")]
    [InlineData("/v1/models/flowers:predict", """{"instances" [""", HttpStatusCode.BadRequest, "no JSON")]
    [InlineData("/v1/models/flowers:predict", "", HttpStatusCode.BadRequest, "a body in JSON but got none")]
    [InlineData("/v1/models/flowers:classify", """{"examples": []}""", HttpStatusCode.BadRequest, "expects 'examples'")]
    [InlineData("/v1/models/flowers:classify", """{"examples": [{"x": 1}]}""", HttpStatusCode.BadRequest, "Example 0 has no feature 'input'")]
    [InlineData("/v1/models/flowers:regress", """{"examples": [{"input": [1, 2, 3, 4]}]}""", HttpStatusCode.BadRequest, "no number for each example")]
    public async Task What_does_not_fit_is_refused_in_the_form_of_the_api(string path, string body, HttpStatusCode status, string part)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        (HttpStatusCode got, string text) = await host.Post(path, body);
        Assert.Equal(status, got);
        Assert.Contains(part, JsonDocument.Parse(text).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        await host.PostJson("/v1/models/flowers:predict", """{"instances": [[1, 2, 3, 4]]}""");
    }
}
