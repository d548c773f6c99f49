using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Formats;

/// <summary>The in-toto statement that is signed: the model's name, with the digest of all digests, and the files.</summary>
internal sealed record SignedStatement(
    [property: JsonPropertyName("_type")] string Type, IReadOnlyList<StatementSubject> Subject, string PredicateType, StatementPredicate Predicate)
{
    private const string StatementType = "https://in-toto.io/Statement/v1";
    private const string SignaturePredicate = "https://model_signing/signature/v1.0";
    private const int MostFiles = 100_000;
    private const int HashDigits = 64;

    /// <summary>The files.</summary>
    [JsonIgnore]
    public IReadOnlyList<SignedResource> Resources => Predicate.Resources;

    /// <summary>The statement about a model.</summary>
    public static SignedStatement Of(string name, IReadOnlyList<SignedResource> resources) => new(
        StatementType,
        [new StatementSubject(name, new SubjectDigest(RootOf(resources)))],
        SignaturePredicate,
        new StatementPredicate(new StatementSerialization("files", "sha256", false, SignedFiles.Ignored), resources));

    /// <summary>Reads what was signed.</summary>
    /// <exception cref="InvalidFileException">It is no statement about the files of a model, or does not agree with itself.</exception>
    public static SignedStatement Parse(string path, byte[] payload)
    {
        try
        {
            SignedStatement statement = JsonSerializer.Deserialize(payload, SigningJson.Default.SignedStatement) ?? throw new JsonException();
            return statement.Problem() is { } problem ? throw new InvalidFileException(path, FilePosition.None, problem) : statement;
        }
        catch (JsonException error)
        {
            throw ModelJson.Error(path, error, "a signed statement about a model");
        }
    }

    private string? Problem()
    {
        if (Type != StatementType || PredicateType != SignaturePredicate || Predicate.Serialization is not { Method: "files", HashType: "sha256" })
        {
            return $"expected a statement {SignaturePredicate} about files with SHA-256, got {PredicateType} about {Predicate.Serialization.Method} with {Predicate.Serialization.HashType}";
        }

        if (Resources.Count is 0 or > MostFiles)
        {
            return $"expected 1 to {MostFiles} files, got {Resources.Count}";
        }

        if (!Resources.All(IsSound))
        {
            return $"expected files of the model with a SHA-256 each, got another: '{Resources.First(resource => !IsSound(resource))?.Name}'";
        }

        return Resources.Select(resource => resource.Name).Distinct().Count() < Resources.Count
            ? "expected each file once, got one twice"
            : Subject is [{ } subject] && subject.Digest.Sha256 == RootOf(Resources) ? null : "expected one model with the digest of all its files, got another";
    }

    private static bool IsSound(SignedResource? resource) => resource is { Algorithm: "sha256", Digest.Length: HashDigits }
        && resource.Digest.All(char.IsAsciiHexDigit)
        && (resource.Name == SignedFiles.OnlyFile || resource.Name.Split('/').All(part => part is not ("" or "." or "..")));

    private static string RootOf(IReadOnlyList<SignedResource> resources)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SignedResource resource in resources)
        {
            hash.AppendData(Convert.FromHexString(resource.Digest));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>What a statement is about.</summary>
internal sealed record StatementSubject(string Name, SubjectDigest Digest);

/// <summary>The SHA-256 of all digests in their order.</summary>
internal sealed record SubjectDigest(string Sha256);

/// <summary>What is said about it.</summary>
internal sealed record StatementPredicate(StatementSerialization Serialization, IReadOnlyList<SignedResource> Resources);

/// <summary>How files became digests.</summary>
internal sealed record StatementSerialization(
    string Method,
    [property: JsonPropertyName("hash_type")] string HashType,
    [property: JsonPropertyName("allow_symlinks")] bool AllowSymlinks = false,
    [property: JsonPropertyName("ignore_paths")] IReadOnlyList<string>? IgnorePaths = null);

/// <summary>A file that was signed.</summary>
internal sealed record SignedResource(string Name, string Digest, string Algorithm = "sha256");
