using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class ServeTests : IDisposable
{
    private const string Question = """{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [0.1, 0.2, 0.3, 0.4]}]}""";

    private readonly TemporaryFolder folder = new();
    private readonly string model;

    public ServeTests()
    {
        model = folder.File("flowers");
        ModelFolder.Save(model, new SavedModel("flowers", new Sequential([4], 1, new Dense(3, ActivationKind.Softmax))) { Labels = ["a", "b", "c"] });
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_server_starts_answers_and_stops()
    {
        await using RunningServer server = await RunningServer.Start(model, "--urls", "http://127.0.0.1:0", "--admin-key", folder.File("admin.key"));
        Assert.Equal(HttpStatusCode.OK, await server.Post("/v2/models/flowers/infer", Question));
        Assert.Equal(HttpStatusCode.Unauthorized, await server.Post("/v2/repository/models/flowers/load", "{}"));
        string key = (await File.ReadAllTextAsync(folder.File("admin.key"), TestContext.Current.CancellationToken)).Trim();
        Assert.Equal(HttpStatusCode.OK, await server.Post("/v2/repository/models/flowers/load", "{}", key));
        Assert.Equal((0, ""), await server.Stop());
        Assert.False(File.Exists(folder.File("admin.key")));
    }

    [Fact]
    public async Task Only_those_with_a_key_are_answered()
    {
        string keys = folder.File("keys.json");
        string alice = Cli.Run("serve", "keys", "add", "alice", "--keys", keys, "--role", "predict:flowers", "--days", "30", "--rate", "100/min").Succeeds().Output.Trim();
        Cli.Run("serve", "keys", "add", "bob", "--keys", keys, "--role", "read").Succeeds();
        string list = Cli.Run("serve", "keys", "list", "--keys", keys).Succeeds().Output;
        Assert.Contains("predict:flowers", list, StringComparison.Ordinal);
        Assert.Contains("100 in 00:01:00", list, StringComparison.Ordinal);
        Assert.DoesNotContain(alice, list + await File.ReadAllTextAsync(keys, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await using RunningServer server = await RunningServer.Start(model, "--urls", "http://127.0.0.1:0", "--keys", keys);
        Assert.Equal(HttpStatusCode.Unauthorized, await server.Post("/v2/models/flowers/infer", Question));
        Assert.Equal(HttpStatusCode.OK, await server.Post("/v2/models/flowers/infer", Question, alice));
        Cli.Run("serve", "keys", "revoke", "alice", "--keys", keys).Succeeds();
        Assert.Equal(HttpStatusCode.Unauthorized, await server.Post("/v2/models/flowers/infer", Question, alice));
        Assert.Equal((0, ""), await server.Stop());
    }

    [Fact]
    public void An_address_that_others_reach_needs_somebody_who_asks_who_they_are()
    {
        foreach (string url in new[] { "http://0.0.0.0:0", "http://*:0", "http://[::]:0", "http://127.0.0.1:0;http://0.0.0.0:0", "http://example.org:0" })
        {
            Cli.Run("serve", model, "--urls", url).FailsWith("can be reached from other machines", "--insecure");
        }

        Assert.Contains("0.0.0.0", Cli.RunUntil("Serving", "serve", model, "--urls", "http://0.0.0.0:0", "--insecure").Succeeds().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_socket_of_the_machine_is_served_and_nothing_beside_it(bool hasKeys)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Sockets have paths on Unix.");
        string socket = folder.File("nabla.sock");
        string keys = folder.File("keys.json");
        string alice = Cli.Run("serve", "keys", "add", "alice", "--keys", keys, "--role", "predict").Succeeds().Output.Trim();
        await using RunningServer server = await RunningServer.Start([model, "--urls", $"http://unix:{socket}", .. hasKeys ? new[] { "--keys", keys } : []]);
        Assert.Equal(HttpStatusCode.OK, await server.Post("/v2/models/flowers/infer", Question, hasKeys ? alice : null));
        Assert.Equal($"Serving {model} at http://unix:{socket}", server.Output.Trim());
        Assert.Equal((0, ""), await server.Stop());
    }

    [Fact]
    public void An_address_that_cannot_be_served_is_said_in_one_line()
    {
        foreach (string url in new[] { "", "http://127.0.0.1:0/base", "ftp://127.0.0.1:0", "http://pipe:/nabla", "http://unix:/tmp/nabla.sock:/base", "http://127.0.0.1:99999" })
        {
            Cli.Run("serve", model, "--urls", url).FailsWith("--urls expects addresses", $"'{url}'");
        }

        Cli.Run("serve", model, "--urls", "http://unix:/tmp/nabla.sock", "--grpc-port", "8001").FailsWith("--grpc-port expects a host", "http://unix:/tmp/nabla.sock");
        Cli.Run("serve", model, "--grpc-port", "70000").FailsWith("--grpc-port expects a port up to 65535 but got 70000");
        Cli.Run("serve", model, "--urls", $"http://unix:{folder.File("none/nabla.sock")}").FailsWith("nabla.sock");
        Cli.Run("serve", model, "--urls", "https://127.0.0.1:0").FailsWith("https://127.0.0.1:0", "certificate");
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Cli.Run("serve", model, "--urls", $"http://127.0.0.1:{port}").FailsWith($"http://127.0.0.1:{port}", "in use");
    }

    [Fact]
    public async Task A_signed_model_is_served_and_a_changed_one_is_not()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string secret = folder.Write("key.pem", key.ExportECPrivateKeyPem());
        string open = folder.Write("public.pem", key.ExportSubjectPublicKeyInfoPem());
        string config = folder.Write("serve.json", $$"""{"verificationKeys": ["{{open}}"]}""");
        Cli.Run("verify", model, "--key", open).FailsWith("expected a signed model");
        Assert.Equal($"Wrote {model}/model.sig", Cli.Run("sign", model, "--key", secret).Succeeds().Output.Trim());
        Cli.Run("verify", model, "--key", open).Succeeds();
        Cli.Run("sign", model, "--key", open).FailsWith("expected a private key");
        await using RunningServer server = await RunningServer.Start(model, "--urls", "http://127.0.0.1:0", "--config", config, "--admin-key", folder.File("admin.key"));
        Assert.Equal(HttpStatusCode.OK, await server.Post("/v2/models/flowers/infer", Question));
        await File.AppendAllTextAsync(Path.Combine(model, "model.json"), " ", TestContext.Current.CancellationToken);
        Cli.Run("verify", model, "--key", open).FailsWith("model.json", "the file was changed");
        string admin = (await File.ReadAllTextAsync(folder.File("admin.key"), TestContext.Current.CancellationToken)).Trim();
        Assert.Equal(HttpStatusCode.BadRequest, await server.Post("/v2/repository/models/flowers/load", "{}", admin));
        Assert.Equal(HttpStatusCode.OK, await server.Post("/v2/models/flowers/infer", Question));
    }

    [Fact]
    public void What_is_wrong_is_said_in_one_line()
    {
        string keys = folder.Write("bad.json", "{}");
        Cli.Run("serve", model, "--urls", "nonsense").FailsWith("--urls expects addresses", "'nonsense'");
        Cli.Run("serve", folder.File("nothing")).FailsWith("nothing");
        Cli.Run("serve", folder.Write("notes.txt", "hello")).FailsWith("notes.txt: expected a model folder", "got another file.");
        Cli.Run("serve", model, "--keys", folder.ToString(), "--urls", "http://127.0.0.1:0").FailsWith($"{folder}: expected a file, got a folder.");
        Cli.Run("serve", model, "--keys", keys, "--urls", "http://127.0.0.1:0").FailsWith(keys);
        Cli.Run("serve", model, "--keys", folder.File("none.json"), "--urls", "http://127.0.0.1:0").FailsWith("none.json");
        Cli.Run("serve", model, "--admin-key", keys, "--urls", "http://127.0.0.1:0").FailsWith(keys, "it is not replaced");
        Cli.Run("serve", model, "--admin-key", keys, "--keys", keys, "--urls", "http://127.0.0.1:0").FailsWith("adminKeyFile");
        Assert.Equal("{}", File.ReadAllText(keys));
        Cli.Run("serve", model, "--config", folder.Write("serve.json", """{"security": {"rateLimit": {"requests": 0}}}""")).FailsWith("security.rateLimit");
        Cli.Run("serve", "keys", "add", "alice", "--keys", folder.File("keys.json"), "--role", "owner").FailsWith("--role", "'owner'");
        Cli.Run("serve", "keys", "add", "a b", "--keys", folder.File("keys.json"), "--role", "read").FailsWith("'a b'");
        Cli.Run("serve", "keys", "add", "alice", "--keys", folder.File("keys.json"), "--role", "read", "--rate", "many").FailsWith("--rate", "'many'");
        Cli.Run("serve", "keys", "add", "alice", "--keys", folder.File("keys.json"), "--role", "read").Succeeds();
        Cli.Run("serve", "keys", "add", "alice", "--keys", folder.File("keys.json"), "--role", "read").FailsWith("'alice' already");
        Cli.Run("serve", "keys", "revoke", "bob", "--keys", folder.File("keys.json")).FailsWith("'bob'");
        Cli.Run("serve", "keys").FailsWith("add, list, revoke");
    }
}
