using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Formats;

namespace Nabla.Tests.Formats;

public sealed class ModelSigningTests : IDisposable
{
    // Of the tests of model_signing, the reference program (sigstore/model-transparency, scripts/tests/v1.1.0-elliptic-key, Apache-2.0); the key is the one
    // that the bundle of version 1.0.1 beside it carries.
    private const string OtherFolder = "fuzz/corpus/signature";

    private const string OtherKey = """
        -----BEGIN PUBLIC KEY-----
        MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEsu6rZGBTjxtvRWPMixT+3HyndV0J0Ybt
        aHZUcO4DEK+OJHO/4e32bb/fbJKSpRgcBsIpKLcVijUomyFOERbd7u+BTPSUjGZD
        Qq6J7lTvp/EAXQGOKxW9RP0MGX3qAkvi
        -----END PUBLIC KEY-----
        """;

    private readonly TemporaryFolder folder = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        key.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_model_that_the_reference_program_signed_is_verified()
    {
        foreach (string name in new[] { "signme-1", "signme-2" })
        {
            folder.Write($"model/{name}", File.ReadAllBytes(Repository.PathOf($"{OtherFolder}/beside/{name}")));
        }

        folder.Write("model/model.sig", File.ReadAllBytes(Repository.PathOf($"{OtherFolder}/reference.sig")));
        using ECDsa other = SigningKeys.ReadPublic(folder.Write("public.pem", OtherKey));
        ModelSigning.Verify(folder.File("model"), [key, other]);
        folder.Write("model/signme-2", "signme-3");
        Assert.Contains("signme-2", Assert.Throws<InvalidFileException>(() => ModelSigning.Verify(folder.File("model"), [other])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenSSL_verifies_what_is_signed_here_and_signs_with_keys_that_it_made()
    {
        folder.Write("model/weights.bin", "1234");
        folder.Write("model/inner/words.txt", "a b c");
        string pem = folder.File("key.pem");
        OpenSsl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", pem);
        OpenSsl("ec", "-in", pem, "-pubout", "-out", folder.File("public.pem"));
        using ECDsa made = SigningKeys.ReadPrivate(pem);
        using ECDsa shown = SigningKeys.ReadPublic(folder.File("public.pem"));
        ModelSigning.Sign(folder.File("model"), made);
        ModelSigning.Verify(folder.File("model"), [shown]);
        JsonElement bundle = JsonDocument.Parse(File.ReadAllText(folder.File("model/model.sig"))).RootElement;
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder.File("public.pem")))),
            bundle.GetProperty("verificationMaterial").GetProperty("publicKey").GetProperty("hint").GetString());
        JsonElement envelope = bundle.GetProperty("dsseEnvelope");
        byte[] payload = envelope.GetProperty("payload").GetBytesFromBase64();
        folder.Write("signed", [.. Encoding.ASCII.GetBytes($"DSSEv1 28 application/vnd.in-toto+json {payload.Length} "), .. payload]);
        folder.Write("signature", envelope.GetProperty("signatures")[0].GetProperty("sig").GetBytesFromBase64());
        Assert.Contains("Verified OK", OpenSsl("dgst", "-sha256", "-verify", folder.File("public.pem"), "-signature", folder.File("signature"), folder.File("signed")), StringComparison.Ordinal);
        JsonElement statement = JsonDocument.Parse(payload).RootElement;
        Assert.Equal("https://in-toto.io/Statement/v1", statement.GetProperty("_type").GetString());
        Assert.Equal("https://model_signing/signature/v1.0", statement.GetProperty("predicateType").GetString());
        Assert.Equal(["inner/words.txt", "weights.bin"], statement.GetProperty("predicate").GetProperty("resources").EnumerateArray().Select(file => file.GetProperty("name").GetString()));
        byte[] digests = [.. SHA256.HashData("a b c"u8), .. SHA256.HashData("1234"u8)];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(digests)), statement.GetProperty("subject")[0].GetProperty("digest").GetProperty("sha256").GetString());
    }

    [Theory]
    [InlineData("nistP256")]
    [InlineData("nistP384")]
    [InlineData("nistP521")]
    public void A_single_file_has_its_signature_beside_it(string curve)
    {
        using ECDsa other = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        string file = folder.Write("digits.nabla", "a model");
        ModelSigning.Sign(file, other);
        Assert.True(File.Exists($"{file}.sig"));
        ModelSigning.Verify(file, [other]);
        File.AppendAllText(file, "!");
        Refuses(file, other, "digits.nabla: expected the SHA-256 that was signed");
    }

    [Fact]
    public void What_was_changed_is_named()
    {
        folder.Write("model/a", "1");
        folder.Write("model/b", "2");
        string model = folder.File("model");
        Refuses(model, key, "expected a signed model");
        ModelSigning.Sign(model, key);
        folder.Write("model/manifest.json", "{}");
        folder.Write("model/.git/config", "x");
        ModelSigning.Verify(model, [key]);
        folder.Write("model/c", "3");
        Refuses(model, key, "c: expected files that were signed, got one that was not");
        File.Delete(folder.File("model/c"));
        folder.Write("model/b", "4");
        Refuses(model, key, "b: expected the SHA-256 that was signed");
        File.Delete(folder.File("model/b"));
        Refuses(model, key, "b: expected the file that was signed, got none");
        File.CreateSymbolicLink(folder.File("model/b"), folder.File("model/a"));
        Assert.Contains("got a link", Assert.Throws<IOException>(() => ModelSigning.Verify(model, [key])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_that_was_changed_is_refused()
    {
        folder.Write("model/a", "1");
        string model = folder.File("model");
        ModelSigning.Sign(model, key);
        using ECDsa stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Refuses(model, stranger, "by one of the keys that are trusted");
        string whole = File.ReadAllText(folder.File("model/model.sig"));
        Change(bundle => bundle["verificationMaterial"]!["publicKey"]!.AsObject().Remove("hint"), null);
        Change(bundle => bundle["mediaType"] = "application/json", "expected a bundle");
        Change(bundle => bundle["verificationMaterial"] = new JsonObject(), "got one with a certificate");
        Change(bundle => bundle["dsseEnvelope"]!["signatures"] = new JsonArray(), "with one signature");
        Change(bundle => bundle["dsseEnvelope"]!["payloadType"] = "text/plain", "with one signature");
        Change(bundle => bundle["dsseEnvelope"]!["payload"] = "!", "base64");
        Change(bundle => bundle["dsseEnvelope"]!["payload"] = "e30=", "by one of the keys");
        Change(bundle => bundle["dsseEnvelope"]!["signatures"]![0]!["sig"] = "AAAA", "by one of the keys");
        Change(bundle => bundle.Remove("dsseEnvelope"), "Sigstore bundle");

        void Change(Action<JsonObject> change, string? expected)
        {
            JsonObject bundle = JsonNode.Parse(whole)!.AsObject();
            change(bundle);
            folder.Write("model/model.sig", bundle.ToJsonString());
            if (expected is null)
            {
                ModelSigning.Verify(model, [key]);
            }
            else
            {
                Refuses(model, key, expected);
            }
        }
    }

    [Theory]
    [InlineData("{}", "a signed statement about a model")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v1", "subject": [], "predicateType": "https://model_signing/Digests/v0.1", "predicate": {"serialization": {"method": "files", "hash_type": "sha256"}, "resources": []}}""", "Digests/v0.1")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v1", "subject": [], "predicateType": "https://model_signing/signature/v1.0", "predicate": {"serialization": {"method": "files", "hash_type": "sha256"}, "resources": []}}""", "got 0")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v1", "subject": [], "predicateType": "https://model_signing/signature/v1.0", "predicate": {"serialization": {"method": "files", "hash_type": "sha256"}, "resources": [{"name": "../a", "algorithm": "sha256", "digest": "HASH"}]}}""", "'../a'")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v1", "subject": [], "predicateType": "https://model_signing/signature/v1.0", "predicate": {"serialization": {"method": "files", "hash_type": "sha256"}, "resources": [{"name": "a", "algorithm": "sha256", "digest": "00"}]}}""", "'a'")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "m", "digest": {"sha256": "00"}}], "predicateType": "https://model_signing/signature/v1.0", "predicate": {"serialization": {"method": "files", "hash_type": "sha256"}, "resources": [{"name": "a", "algorithm": "sha256", "digest": "HASH"}]}}""", "digest of all its files")]
    public void A_statement_that_makes_no_sense_is_refused_even_when_it_is_signed(string statement, string expected)
    {
        folder.Write("model/a", "1");
        byte[] payload = Encoding.UTF8.GetBytes(statement.Replace("HASH", new string('a', 64), StringComparison.Ordinal));
        byte[] signature = key.SignData(
            [.. Encoding.ASCII.GetBytes($"DSSEv1 28 application/vnd.in-toto+json {payload.Length} "), .. payload], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        folder.Write("model/model.sig", $$$"""
            {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {"publicKey": {}}, "dsseEnvelope": {
              "payload": "{{{Convert.ToBase64String(payload)}}}", "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": "{{{Convert.ToBase64String(signature)}}}"}]}}
            """);
        Refuses(folder.File("model"), key, expected);
    }

    [Fact]
    public void A_key_of_another_kind_is_refused()
    {
        using RSA rsa = RSA.Create(2048);
        string[] pems = ["nothing", rsa.ExportSubjectPublicKeyInfoPem(), key.ExportPkcs8PrivateKeyPem(), ""];
        Assert.All(pems, pem => Assert.Contains("expected a public key", Assert.Throws<InvalidFileException>(() => SigningKeys.ReadPublic(folder.Write("k.pem", pem))).Message, StringComparison.Ordinal));
        string[] others = ["nothing", rsa.ExportPkcs8PrivateKeyPem(), key.ExportSubjectPublicKeyInfoPem(), key.ExportEncryptedPkcs8PrivateKeyPem("word", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000))];
        Assert.All(others, pem => Assert.Contains("expected a private key", Assert.Throws<InvalidFileException>(() => SigningKeys.ReadPrivate(folder.Write("k.pem", pem))).Message, StringComparison.Ordinal));
    }

    private static void Refuses(string model, ECDsa key, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidFileException>(() => ModelSigning.Verify(model, [key])).Message, StringComparison.Ordinal);

    private static string OpenSsl(params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, output);
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no program 'openssl'.");
            throw;
        }
    }
}
