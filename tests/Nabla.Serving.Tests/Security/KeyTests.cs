using System.Net;
using System.Text.Json;
using Grpc.Core;
using Nabla.Formats;
using Nabla.Serving.Protos;
using Nabla.Serving.Security.Keys;
using Nabla.Serving.Tests.Hosts;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Security;

public sealed class KeyTests
{
    private const string Question = """{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [0.1, 0.2, 0.3, 0.4]}]}""";
    private const string Infer = "/v2/models/flowers/infer";
    private const string Load = "/v2/repository/models/flowers/load";

    [Theory]
    [InlineData("reader", HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("asker", HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData("admin", HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData("everywhere", HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData("elsewhere", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task A_role_opens_what_it_says_for_its_model(string holder, HttpStatusCode read, HttpStatusCode predict, HttpStatusCode admin)
    {
        using KeyRing ring = new(
            ("reader", ["read:flowers"]), ("asker", ["predict:flowers"]), ("admin", ["admin:flowers"]), ("everywhere", ["admin"]), ("elsewhere", ["admin:digits"]));
        await using ServingHost host = await ServingHost.Start(ring.Options, TestModels.Flowers());
        using HttpClient client = new() { BaseAddress = new Uri(host.RestAddress) };
        (string, string) key = ("X-API-Key", ring[holder]);
        Assert.Equal(read, (await KeyRing.Ask(client, HttpMethod.Get, "/v2/models/flowers", key)).Status);
        Assert.Equal(read, (await KeyRing.Ask(client, HttpMethod.Get, "/v1/models/flowers/metadata", key)).Status);
        Assert.Equal(predict, (await KeyRing.Ask(client, HttpMethod.Post, Infer, key, Question)).Status);
        Assert.Equal(predict, (await KeyRing.Ask(client, HttpMethod.Post, "/v1/models/flowers:predict", key, """{"instances": [[1, 2, 3, 4]]}""")).Status);
        Assert.Equal(admin, (await KeyRing.Ask(client, HttpMethod.Post, Load, key, "{}")).Status);
        Assert.Equal(admin, (await KeyRing.Ask(client, HttpMethod.Post, "/v2/repository/models/flowers/traffic", key, """{"stable": 1}""")).Status);
    }

    [Fact]
    public async Task No_key_and_wrong_ones_of_all_kinds_get_the_same_answer()
    {
        using KeyRing ring = new(("gone", ["admin"]));
        ring.Add("ended", ["admin"], DateTimeOffset.UtcNow.AddMinutes(-1));
        await using ServingHost host = await ServingHost.Start(ring.Options, TestModels.Flowers());
        using HttpClient client = new() { BaseAddress = new Uri(host.RestAddress) };
        Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Post, Infer, ("X-API-Key", ring["gone"]), Question)).Status);
        ring.Revoke("gone");
        (string, string)?[] headers =
        [
            null,
            ("X-API-Key", ring["gone"]),
            ("X-API-Key", ring["ended"]),
            ("X-API-Key", ApiKey.Create()),
            ("X-API-Key", ""),
            ("X-API-Key", new string('x', 5000)),
            ("X-API-Key", KeyFile.Read(ring.Path)[0].Sha256),
            ("Authorization", $"Bearer {ApiKey.Create()}"),
            ("Authorization", "Bearer eyJhbGciOiJub25lIn0.e30."),
            ("Authorization", "Basic YWRtaW46YWRtaW4="),
        ];
        HashSet<string> answers = [];
        foreach ((string, string)? header in headers)
        {
            (HttpStatusCode status, string text, HttpResponseMessage response) = await KeyRing.Ask(client, HttpMethod.Post, Infer, header, Question);
            Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), (status, KeyRing.ReasonIn(text)));
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
            answers.Add(text);
        }

        Assert.Single(answers);
    }

    [Fact]
    public async Task The_file_is_followed_while_the_server_runs_and_a_damaged_one_changes_nothing()
    {
        using KeyRing ring = new(("first", ["predict"]));
        await using ServingHost host = await ServingHost.Start(ring.Options, TestModels.Flowers());
        using HttpClient client = new() { BaseAddress = new Uri(host.RestAddress) };
        string second = ring.Add("second", ["predict:flowers"]);
        Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Post, Infer, ("Authorization", $"Bearer {second}"), Question)).Status);
        await File.WriteAllTextAsync(ring.Path, "{", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Post, Infer, ("Authorization", $"Bearer {second}"), Question)).Status);
        Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Post, Infer, ("X-API-Key", ring["first"]), Question)).Status);
    }

    [Fact]
    public async Task A_file_behind_links_is_followed_to_where_they_lead_now()
    {
        using KeyRing first = new(("alice", ["read"]));
        using KeyRing second = new(("bob", ["read"]));
        using TemporaryFolder folder = new();
        Directory.CreateSymbolicLink(folder.File("data"), Path.GetDirectoryName(first.Path)!);
        File.CreateSymbolicLink(folder.File("keys.json"), Path.Combine("data", "keys.json"));
        await using ServingHost host = await ServingHost.Start(new ServingOptions { Security = new SecurityOptions { Keys = folder.File("keys.json") } }, TestModels.Flowers());
        using HttpClient client = new() { BaseAddress = new Uri(host.RestAddress) };
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await Read(first["alice"]), await Read(second["bob"])));
        Directory.Delete(folder.File("data"));
        Directory.CreateSymbolicLink(folder.File("data"), Path.GetDirectoryName(second.Path)!);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await Read(first["alice"]), await Read(second["bob"])));

        async Task<HttpStatusCode> Read(string key) => (await KeyRing.Ask(client, HttpMethod.Get, "/v2/models/flowers", ("X-API-Key", key))).Status;
    }

    [Fact]
    public async Task An_index_shows_no_model_that_its_reader_may_not_see()
    {
        using KeyRing ring = new(("one", ["read:flowers"]), ("all", ["read"]));
        await using ServingHost host = await ServingHost.Start(ring.Options, TestModels.Flowers(), TestModels.Digits());
        using HttpClient client = new() { BaseAddress = new Uri(host.RestAddress) };
        Assert.Equal(["flowers"], await Names("one"));
        Assert.Equal(["digits", "flowers"], await Names("all"));
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyRing.Ask(client, HttpMethod.Get, "/metrics", ("X-API-Key", ring["one"]))).Status);
        Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Get, "/metrics", ("X-API-Key", ring["all"]))).Status);

        async Task<string?[]> Names(string holder)
        {
            (_, string text, _) = await KeyRing.Ask(client, HttpMethod.Post, "/v2/repository/index", ("X-API-Key", ring[holder]), "{}");
            return [.. JsonDocument.Parse(text).RootElement.EnumerateArray().Select(version => version.GetProperty("name").GetString())];
        }
    }

    [Fact]
    public async Task Calls_of_grpc_carry_keys_as_metadata()
    {
        using KeyRing ring = new(("asker", ["predict:flowers"]), ("reader", ["read:flowers"]));
        await using ServingHost host = await ServingHost.Start(ring.Options, TestModels.Flowers());
        GRPCInferenceService.GRPCInferenceServiceClient client = new(host.Channel);
        ModelInferRequest request = Protocol.GrpcTests.Request("flowers", "FP32", [1, 4]);
        request.Inputs[0].Contents = new InferTensorContents { Fp32Contents = { 1, 2, 3, 4 } };
        Assert.Equal("flowers", (await client.ModelInferAsync(request, new Metadata { { "x-api-key", ring["asker"] } }, cancellationToken: TestContext.Current.CancellationToken)).ModelName);
        Assert.Equal("flowers", (await client.ModelInferAsync(request, new Metadata { { "authorization", $"Bearer {ring["asker"]}" } }, cancellationToken: TestContext.Current.CancellationToken)).ModelName);
        Assert.Equal((StatusCode.Unauthenticated, "unauthenticated"), await Refused(() => client.ModelInferAsync(request, cancellationToken: TestContext.Current.CancellationToken)));
        Assert.Equal((StatusCode.Unauthenticated, "unauthenticated"), await Refused(() => client.ModelInferAsync(request, new Metadata { { "x-api-key", ApiKey.Create() } }, cancellationToken: TestContext.Current.CancellationToken)));
        Assert.Equal((StatusCode.PermissionDenied, "forbidden"), await Refused(() => client.ModelInferAsync(request, new Metadata { { "x-api-key", ring["reader"] } }, cancellationToken: TestContext.Current.CancellationToken)));
        request.ModelName = "digits";
        Assert.Equal((StatusCode.PermissionDenied, "forbidden"), await Refused(() => client.ModelInferAsync(request, new Metadata { { "x-api-key", ring["asker"] } }, cancellationToken: TestContext.Current.CancellationToken)));
        Assert.Equal(
            (StatusCode.PermissionDenied, "forbidden"),
            await Refused(() => client.RepositoryModelUnloadAsync(new RepositoryModelUnloadRequest { ModelName = "flowers" }, new Metadata { { "x-api-key", ring["asker"] } }, cancellationToken: TestContext.Current.CancellationToken)));
        Assert.True((await client.ServerLiveAsync(new ServerLiveRequest(), cancellationToken: TestContext.Current.CancellationToken)).Live);
    }

    [Fact]
    public async Task The_key_of_the_machines_own_admin_is_its_owners_alone_and_vanishes_with_the_server()
    {
        string file;
        await using (ServingHost host = await ServingHost.Start(TestModels.Flowers()))
        {
            file = host.PathOf("admin.key");
            Assert.True(KeyRing.IsPrivate(file));
            using HttpClient client = new() { BaseAddress = new Uri(host.RestAddress) };
            Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Post, Infer, null, Question)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await KeyRing.Ask(client, HttpMethod.Post, Load, null, "{}")).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await KeyRing.Ask(client, HttpMethod.Post, Load, ("X-API-Key", ApiKey.Create()), "{}")).Status);
            Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Post, Load, ("X-API-Key", host.AdminKey), "{}")).Status);
        }

        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData("""{"schema": 2, "keys": []}""", "schema 1")]
    [InlineData("""{"schema": 1, "keys": [{"name": "a", "sha256": "00", "roles": ["read"], "created": "2026-01-01T00:00:00Z"}]}""", "64 hexadecimal digits for 'a'")]
    [InlineData("""{"schema": 1, "keys": [{"name": "a b", "sha256": "", "roles": ["read"], "created": "2026-01-01T00:00:00Z"}]}""", "got 'a b'")]
    [InlineData("""{"schema": 1, "keys": [{"name": "a", "sha256": "HASH", "roles": ["owner"], "created": "2026-01-01T00:00:00Z"}]}""", "got 'owner'")]
    [InlineData("""{"schema": 1, "keys": [{"name": "a", "sha256": "HASH", "roles": [], "created": "2026-01-01T00:00:00Z"}]}""", "expected roles, got none")]
    [InlineData("""{"schema": 1, "keys": [{"name": "a", "sha256": "HASH", "roles": ["read"], "created": "2026-01-01T00:00:00Z", "admin": true}]}""", "admin")]
    [InlineData("""{"schema": 1, "keys": [null]}""", "got null")]
    [InlineData("""{"schema": 1, "keys": [{"name": "a", "sha256": "HASH", "roles": [null], "created": "2026-01-01T00:00:00Z"}]}""", "got ''")]
    [InlineData("""{"schema": 1}""", "keys")]
    [InlineData("[", "a file of API keys")]
    public void A_file_that_is_none_of_keys_is_refused_with_the_reason(string json, string part)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("keys.json", json.Replace("HASH", new string('a', 64), StringComparison.Ordinal));
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => KeyFile.Read(path));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_private_and_holds_no_key()
    {
        using KeyRing ring = new(("alice", ["read"]));
        Assert.True(KeyRing.IsPrivate(ring.Path));
        Assert.DoesNotContain(ring["alice"]["nabla_".Length..], File.ReadAllText(ring.Path), StringComparison.Ordinal);
        Assert.Equal("nabla_".Length + 43, ring["alice"].Length);
    }

    private static async Task<(StatusCode Code, string? Reason)> Refused<T>(Func<AsyncUnaryCall<T>> call)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await call());
        return (error.StatusCode, error.Trailers.GetValue("reason"));
    }
}
