using System.Text.Json;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Serving.Tests.Hosts;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Clients;

/// <summary>Every path of the guide, asked by curl as a person would.</summary>
public sealed class CurlPathTests
{
    private const string Flower = """{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [0.1, 0.2, 0.3, 0.4]}]}""";
    private const string Rows = """{"instances": [[0.1, 0.2, 0.3, 0.4]]}""";
    private const string Examples = """{"examples": [{"input": [0.1, 0.2, 0.3, 0.4]}]}""";

    // Path, body (null to get), and a part of the answer; what changes models comes last.
    private static readonly (string Path, string? Body, string Part)[] Paths =
    [
        ("/v2", null, "model_repository"),
        ("/v2/health/live", null, "true"),
        ("/v2/health/ready", null, "true"),
        ("/health/ready", null, ""),
        ("/health", null, "status"),
        ("/metrics", null, "nabla_"),
        ("/openapi/v2.json", null, "/v2/models/{name}/infer"),
        ("/api/", null, "Nabla"),
        ("/", null, "<html"),
        ("/page/state", null, "flowers"),
        ("/page/models/flowers", null, "setosa"),
        ("/v2/models/flowers", null, "nabla_network"),
        ("/v2/models/flowers/ready", null, "true"),
        ("/v2/models/flowers/infer", Flower, "\"model_version\":\"1\""),
        ("/v2/models/flowers/versions/1", null, "nabla_network"),
        ("/v2/models/flowers/versions/1/ready", null, "true"),
        ("/v2/models/flowers/versions/1/infer", Flower, "\"model_version\":\"1\""),
        ("/v1/models/flowers", null, "AVAILABLE"),
        ("/v1/models/flowers/metadata", null, "signature_def"),
        ("/v1/models/flowers:predict", Rows, "predictions"),
        ("/v1/models/flowers:classify", Examples, "virginica"),
        ("/v1/models/price:regress", Examples, "results"),
        ("/v1/models/flowers/versions/1", null, "AVAILABLE"),
        ("/v1/models/flowers/versions/1/metadata", null, "signature_def"),
        ("/v1/models/flowers/versions/1:predict", Rows, "predictions"),
        ("/v1/models/flowers/versions/1:classify", Examples, "virginica"),
        ("/v1/models/price/versions/1:regress", Examples, "results"),
        ("/v1/models/flowers/labels/stable", null, "AVAILABLE"),
        ("/v1/models/flowers/labels/stable/metadata", null, "signature_def"),
        ("/v1/models/flowers/labels/stable:predict", Rows, "predictions"),
        ("/v1/models/flowers/labels/stable:classify", Examples, "virginica"),
        ("/v1/models/price/labels/stable:regress", Examples, "results"),
        ("/predict/iris", """{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}""", "probabilities"),
        ("/v2/models/iris/feedback", "ID", "kept"),
        ("/v2/repository/index", "{}", "flowers"),
        ("/v2/repository/models/flowers/traffic", null, "canaryShare"),
        ("/v2/repository/models/flowers/traffic", """{"stable": 1}""", "canaryShare"),
        ("/v2/repository/models/flowers/rollback", "{}", "canaryShare"),
        ("/v2/repository/models/flowers/load", "{}", "{}"),
        ("/v2/repository/models/price/unload", "{}", "{}"),
    ];

    [Fact]
    public async Task Each_path_answers_and_none_is_left_out()
    {
        using TemporaryFolder examples = new();
        SavedModel price = new("price", new Sequential([4], 1, new Dense(1)));
        await using ServingHost host = await ServingHost.Start(
            new ServingOptions { Collect = new CollectOptions { Folder = examples.ToString(), Models = ["iris"] } }, TestModels.Flowers(), TestModels.Table(), price);
        List<string> wrong = [];
        string id = "";
        foreach ((string path, string? body, string part) in Paths)
        {
            string? sent = body == "ID" ? $$"""{"id": "{{id}}", "label": "setosa"}""" : body;
            (int status, _, string answer) = await ClientProgram.Curl(
                host.RestAddress + path, ["-H", $"X-API-Key: {host.AdminKey}", .. sent is null ? Array.Empty<string>() : ["-H", "Content-Type: application/json", "-d", sent]]);
            if (status != 200 || !answer.Contains(part, StringComparison.Ordinal))
            {
                wrong.Add($"{path}: {status} {answer}");
            }

            id = path.StartsWith("/predict/", StringComparison.Ordinal) ? JsonDocument.Parse(answer).RootElement.GetProperty("id").GetString()! : id;
        }

        Assert.Empty(wrong);
        Assert.Empty(EndpointsOf(host).Where(endpoint => !Paths.Any(asked => Matches(endpoint, asked.Path, asked.Body is not null))).Select(endpoint => endpoint.DisplayName));
    }

    // The files of the pages are asked for by the pages.
    private static IEnumerable<RouteEndpoint> EndpointsOf(ServingHost host) => host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint =>
        endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is null
        && endpoint.RoutePattern.RawText is { } pattern
        && !pattern.Contains("unimplemented", StringComparison.Ordinal)
        && !Path.HasExtension(pattern)
        && !pattern.TrimStart('/').StartsWith("api/", StringComparison.Ordinal));

    private static bool Matches(RouteEndpoint endpoint, string path, bool isPost)
    {
        TemplateMatcher matcher = new(TemplateParser.Parse(endpoint.RoutePattern.RawText!.TrimStart('/')), []);
        return matcher.TryMatch(path, []) && (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is not { Count: > 0 } methods || methods.Contains(isPost ? "POST" : "GET"));
    }
}
