using System.Net;
using Grpc.Core;
using Nabla.Serving.Protos;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Repository;

/// <summary>Loading and unloading by request, also while the repository is watched.</summary>
public sealed class UnloadTests
{
    private const string Load = "/v2/repository/models/flowers/load";
    private const string Unload = "/v2/repository/models/flowers/unload";

    [Fact]
    public async Task A_watched_repository_brings_back_nothing_that_was_unloaded_by_request_until_its_files_change()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        await host.PostJson(Unload, "{}");
        await Look(host);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Ready(host));
        File.SetLastWriteTimeUtc(host.PathOf("flowers/1/model.json"), DateTime.UtcNow.AddMinutes(1));
        await Look(host);
        Assert.Equal(HttpStatusCode.OK, await Ready(host));
    }

    [Fact]
    public async Task A_newer_version_of_a_model_that_was_unloaded_by_request_is_loaded()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        await host.PostJson(Unload, "{}");
        host.Save("flowers", 2, TestModels.Flowers(2));
        await Look(host);
        Assert.Equal([2], host.Repository.Find("flowers").Loaded.Keys);
    }

    [Fact]
    public async Task What_was_unloaded_and_loaded_by_request_is_watched_as_before()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        await host.PostJson(Unload, "{}");
        await host.PostJson(Load, "{}");
        await Look(host);
        Assert.Equal(HttpStatusCode.OK, await Ready(host));
        File.SetLastWriteTimeUtc(host.PathOf("flowers/1/model.json"), DateTime.UtcNow.AddMinutes(1));
        string before = host.Repository.Find("flowers").Stable!.Fingerprint;
        await Look(host);
        Assert.NotEqual(before, host.Repository.Find("flowers").Stable!.Fingerprint);
    }

    [Fact]
    public async Task Unloading_what_was_never_there_is_an_error_and_unloading_twice_is_none()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        (HttpStatusCode status, string text) = await host.Post(Unload, """{"parameters": {"version": "99"}}""");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("has no version 99", text, StringComparison.Ordinal);
        GRPCInferenceService.GRPCInferenceServiceClient grpc = new(host.Channel);
        RepositoryModelUnloadRequest request = new() { ModelName = "flowers", Parameters = { ["version"] = new ModelRepositoryParameter { StringParam = "99" } } };
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await grpc.RepositoryModelUnloadAsync(request, host.AdminMetadata, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await Ready(host));
        await host.PostJson(Unload, """{"parameters": {"version": "1"}}""");
        await host.PostJson(Unload, """{"parameters": {"version": "1"}}""");
    }

    [Theory]
    [InlineData("config")]
    [InlineData("file:1/model.onnx")]
    public async Task Parameters_that_would_load_something_else_than_lies_in_the_repository_are_refused(string name)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        (HttpStatusCode status, string text) = await host.Post(Load, $$$"""{"parameters": {"{{{name}}}": "{}"}}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains($"'{name}' is not taken", text, StringComparison.Ordinal);
        GRPCInferenceService.GRPCInferenceServiceClient grpc = new(host.Channel);
        RepositoryModelLoadRequest request = new() { ModelName = "flowers", Parameters = { [name] = new ModelRepositoryParameter { StringParam = "{}" } } };
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await grpc.RepositoryModelLoadAsync(request, host.AdminMetadata, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        await host.PostJson(Load, """{"parameters": {"other": 1}}""");
    }

    [Fact]
    public async Task A_model_whose_files_cannot_be_looked_at_does_not_keep_others_from_being_watched()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers(), TestModels.Digits());
        Directory.CreateDirectory(host.PathOf("bad/1"));
        Directory.Delete(host.PathOf("digits"), recursive: true);
        host.Save("flowers", 2, TestModels.Flowers(2));
        string bad = host.PathOf("bad/1");
        await host.Repository.RefreshAsync(path => path != bad ? true : throw new IOException("The disk is gone."), TestContext.Current.CancellationToken);
        Assert.Equal([2], host.Repository.Find("flowers").Loaded.Keys);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Get("/v2/models/digits/ready")).Status);
    }

    private static Task Look(ServingHost host) => host.Repository.RefreshAsync(_ => true, TestContext.Current.CancellationToken);

    private static async Task<HttpStatusCode> Ready(ServingHost host) => (await host.Get("/v2/models/flowers/ready")).Status;
}
