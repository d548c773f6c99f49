using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Nabla.Formats;
using Nabla.Serving.Repository;
using Nabla.Serving.Tests.Hosts;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Repository;

public sealed class SignedModelTests : IDisposable
{
    private const string Question = """{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [0.1, 0.2, 0.3, 0.4]}]}""";

    private readonly TemporaryFolder folder = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        key.Dispose();
        stranger.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Only_signed_versions_are_loaded_and_others_leave_the_old_one_serving()
    {
        await using ServingHost host = await ServingHost.Start(Options(), path => ModelSigning.Sign(path, key), TestModels.Flowers());
        Assert.Equal("1", await VersionOf(host));
        await Refused(host, 2, _ => { }, "without model.sig");
        await Refused(host, 3, path => ModelSigning.Sign(path, stranger), "model.sig: expected a signature by one of the keys");
        await Refused(host, 4, path => Signed(path, () => File.AppendAllText(Path.Combine(path, "model.json"), " ")), "model.json: expected the SHA-256 that was signed");
        await Refused(host, 5, path => Signed(path, () => File.Delete(Path.Combine(path, "weights.safetensors"))), "weights.safetensors: expected the file that was signed, got none");
        await Refused(host, 6, path => Signed(path, () => File.WriteAllText(Path.Combine(path, "graph.json"), "{}")), "graph.json: expected files that were signed");
        await Refused(host, 7, path => Signed(path, () => File.WriteAllText(Path.Combine(path, "model.sig"), "{}")), "model.sig: expected a Sigstore bundle");
        string good = host.Save("flowers", 8, TestModels.Flowers(2));
        ModelSigning.Sign(good, key);
        VersionManifest.Write(good);
        await host.PostJson("/v2/repository/models/flowers/load", "{}");
        Assert.Equal("8", await VersionOf(host));
    }

    [Fact]
    public void A_file_of_keys_that_holds_none_is_refused()
    {
        ServingOptions options = new() { VerificationKeys = [folder.Write("public.pem", "nothing")] };
        Assert.Contains("public key", Assert.Throws<InvalidFileException>(options.Validated).Message, StringComparison.Ordinal);
    }

    private ServingOptions Options() => new() { VerificationKeys = [folder.Write("public.pem", key.ExportSubjectPublicKeyInfoPem())] };

    private void Signed(string path, Action change)
    {
        ModelSigning.Sign(path, key);
        change();
    }

    private static async Task Refused(ServingHost host, int version, Action<string> prepare, string expected)
    {
        string path = host.Save("flowers", version, TestModels.Flowers(2));
        prepare(path);
        (HttpStatusCode status, string text) = await host.Post("/v2/repository/models/flowers/load", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(expected, JsonDocument.Parse(text).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("1", await VersionOf(host));
        Directory.Delete(path, recursive: true);
    }

    private static async Task<string?> VersionOf(ServingHost host) => (await host.PostJson("/v2/models/flowers/infer", Question)).GetProperty("model_version").GetString();
}
