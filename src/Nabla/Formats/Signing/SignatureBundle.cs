using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Formats;

/// <summary>The Sigstore bundle, version 0.3, of a signature with a key: the key's hint and a DSSE envelope.</summary>
internal sealed record SignatureBundle(string MediaType, VerificationMaterial VerificationMaterial, SignedEnvelope DsseEnvelope)
{
    private const string BundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";
    private const string PayloadType = "application/vnd.in-toto+json";
    private const int LargestFile = 1 << 25;

    /// <summary>The bundle of a statement that is signed with a key.</summary>
    public static byte[] Create(SignedStatement statement, ECDsa key)
    {
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(statement, SigningJson.Default.SignedStatement);
        byte[] signature = key.SignData(Encode(PayloadType, payload), SigningKeys.HashOf(key), DSASignatureFormat.Rfc3279DerSequence);
        SignedEnvelope envelope = new(Convert.ToBase64String(payload), PayloadType, [new EnvelopeSignature(Convert.ToBase64String(signature), "")]);
        SignatureBundle bundle = new(BundleType, new VerificationMaterial(new PublicKeyIdentifier(SigningKeys.HintOf(key)), []), envelope);
        return JsonSerializer.SerializeToUtf8Bytes(bundle, SigningJson.Default.SignatureBundle);
    }

    /// <summary>The statement in a file, if it is signed with one of the keys.</summary>
    /// <exception cref="InvalidFileException">It is not, or the file is no such bundle.</exception>
    public static SignedStatement Open(string path, IReadOnlyList<ECDsa> keys)
    {
        SignatureBundle bundle = Read(path);
        if (bundle.MediaType != BundleType || bundle.DsseEnvelope is not { PayloadType: PayloadType, Signatures: [{ } signature] } envelope)
        {
            throw Error(path, $"expected a bundle {BundleType} with one signature of {PayloadType}, got another");
        }

        if (bundle.VerificationMaterial.PublicKey is not { } identifier)
        {
            throw Error(path, "expected a signature with a key, got one with a certificate");
        }

        byte[] payload = Decode(path, envelope.Payload);
        byte[] signed = Encode(PayloadType, payload);
        byte[] bytes = Decode(path, signature.Sig);
        return keys.Any(key => Holds(key, identifier.Hint, signed, bytes))
            ? SignedStatement.Parse(path, payload)
            : throw Error(path, "expected a signature by one of the keys that are trusted, got another");
    }

    /// <summary>What is signed: the pre-authentication encoding of DSSE 1.0.</summary>
    internal static byte[] Encode(string type, byte[] payload) => [
        .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} ")), .. payload];

    // The hint only tells which key is meant; older signers left it out.
    private static bool Holds(ECDsa key, string? hint, byte[] signed, byte[] signature) =>
        (string.IsNullOrEmpty(hint) || hint == SigningKeys.HintOf(key))
        && key.VerifyData(signed, signature, SigningKeys.HashOf(key), DSASignatureFormat.Rfc3279DerSequence);

    private static SignatureBundle Read(string path)
    {
        using FileInput input = FileInput.Open(path);
        if (input.Remaining > LargestFile)
        {
            throw input.Error($"expected a signature of at most {LargestFile} bytes, got {input.Remaining}");
        }

        try
        {
            return JsonSerializer.Deserialize(input.Read(input.Remaining, "a signature"), SigningJson.Default.SignatureBundle) ?? throw new JsonException();
        }
        catch (JsonException error)
        {
            throw ModelJson.Error(path, error, "a Sigstore bundle");
        }
    }

    private static byte[] Decode(string path, string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException error)
        {
            throw new InvalidFileException(path, FilePosition.None, "expected bytes in base64, got something else", error);
        }
    }

    private static InvalidFileException Error(string path, string problem) => new(path, FilePosition.None, problem);
}

/// <summary>What a bundle says of the key.</summary>
internal sealed record VerificationMaterial(PublicKeyIdentifier? PublicKey = null, IReadOnlyList<JsonElement>? TlogEntries = null);

/// <summary>Which key it was.</summary>
internal sealed record PublicKeyIdentifier(string? Hint = null);

/// <summary>The DSSE envelope.</summary>
internal sealed record SignedEnvelope(string Payload, string PayloadType, IReadOnlyList<EnvelopeSignature> Signatures);

/// <summary>A signature of the envelope.</summary>
internal sealed record EnvelopeSignature(string Sig, [property: JsonPropertyName("keyid")] string? KeyId = null);

/// <summary>The JSON form of bundles and statements, generated at compile time. What verifiers of version 1.0 do not know they ignore.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SignatureBundle))]
[JsonSerializable(typeof(SignedStatement))]
internal sealed partial class SigningJson : JsonSerializerContext;
