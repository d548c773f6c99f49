using System.Net;
using System.Text;
using System.Text.Json;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Protocol;

/// <summary>What the OpenAPI document says of statuses and bodies.</summary>
public sealed class ApiDocumentTests
{
    [Theory]
    [InlineData("/v2/models/{name}/infer", "post", "200 400 401 403 404 408 413 415 429 500 503 504")]
    [InlineData("/v1/models/{name}:predict", "post", "200 400 401 403 404 408 413 415 429 500 503 504")]
    [InlineData("/predict/{name}", "post", "200 400 401 403 404 408 413 415 429 500 503 504")]
    [InlineData("/v2/repository/index", "post", "200 400 401 403 404 408 413 415 429 500 503")]
    [InlineData("/v2/models/{name}", "get", "200 400 401 403 404 429 500 503")]
    [InlineData("/v2/health/live", "get", "200 400 404 500 503")]
    public async Task Each_endpoint_names_the_statuses_that_it_answers_with(string path, string method, string statuses)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        JsonElement responses = (await host.GetJson("/openapi/v2.json")).GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses");
        Assert.Equal(statuses, string.Join(' ', responses.EnumerateObject().Select(response => response.Name).Order(StringComparer.Ordinal)));
        Assert.All(responses.EnumerateObject().Where(response => response.Name != "200" && response.Name != "503"), response =>
            Assert.EndsWith("/ErrorAnswer", response.Value.GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_person_sends_is_a_file_a_text_or_an_object()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        JsonElement predict = (await host.GetJson("/openapi/v2.json")).GetProperty("paths").GetProperty("/predict/{name}").GetProperty("post");
        JsonElement content = predict.GetProperty("requestBody").GetProperty("content");
        Assert.Equal(
            ["application/json", "application/octet-stream", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp", "text/csv", "text/plain"],
            content.EnumerateObject().Select(type => type.Name).Order(StringComparer.Ordinal));
        Assert.Equal("binary", content.GetProperty("image/png").GetProperty("schema").GetProperty("format").GetString());
        Assert.Equal("object", content.GetProperty("application/json").GetProperty("schema").GetProperty("type").GetString());
        Assert.Equal("string", content.GetProperty("text/csv").GetProperty("schema").GetProperty("type").GetString());
        string schema = predict.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString()!;
        Assert.EndsWith("/Prediction", schema, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "/v2/repository/index", HttpStatusCode.OK)]
    [InlineData("text/plain", "/v2/repository/index", HttpStatusCode.OK)]
    [InlineData("text/html", "/v2/repository/index", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-www-form-urlencoded", "/v2/repository/models/flowers/unload", HttpStatusCode.UnsupportedMediaType)]
    public async Task The_index_is_read_from_what_curl_sends_where_nothing_is_said_and_nothing_is_changed_by_it(string mediaType, string path, HttpStatusCode expected)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        using StringContent content = new("{}", Encoding.UTF8, mediaType);
        using HttpResponseMessage response = await host.Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
    }
}
