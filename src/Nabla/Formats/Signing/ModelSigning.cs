using System.Security.Cryptography;

namespace Nabla.Formats;

/// <summary>
/// Signs models and verifies them, in the layout of OpenSSF Model Signing 1.0 with keys: a Sigstore bundle beside the model holds a DSSE envelope, whose
/// in-toto statement lists the SHA-256 of each file. Whoever has the public key sees that no file was changed, added or taken away.
/// </summary>
/// <example>
/// <code>
/// ModelSigning.Sign("digits", SigningKeys.ReadPrivate("key.pem"));
/// ModelSigning.Verify("digits", [SigningKeys.ReadPublic("public.pem")]);
/// </code>
/// </example>
public static class ModelSigning
{
    /// <summary>The file with the signature in the folder of a model.</summary>
    public const string SignatureFile = "model.sig";

    private const string SignatureExtension = ".sig";

    /// <summary>Where the signature of a model is: in its folder, or beside its file with <c>.sig</c> after the name.</summary>
    /// <param name="path">A folder or a file.</param>
    public static string SignaturePath(string path) => Directory.Exists(path) ? Path.Combine(path, SignatureFile) : path + SignatureExtension;

    /// <summary>Signs a model; an older signature is replaced.</summary>
    /// <param name="path">A folder with any files, or a file.</param>
    /// <param name="key">The private key.</param>
    /// <exception cref="IOException">There is no model, it has links in it, or the signature cannot be written.</exception>
    public static void Sign(string path, ECDsa key)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(key);
        SignedResource[] resources = [.. SignedFiles.Enumerate(path).Select(file => new SignedResource(file.Name, SignedFiles.HashOf(file.Path)))];
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        AtomicFile.WriteBytes(SignaturePath(path), SignatureBundle.Create(SignedStatement.Of(name, resources), key));
    }

    /// <summary>Verifies a model.</summary>
    /// <param name="path">A folder or a file.</param>
    /// <param name="keys">The public keys, by one of which it must be signed.</param>
    /// <exception cref="InvalidFileException">
    /// It has no signature or one by another key, or a file was changed, is missing or was added; the message names the file.
    /// </exception>
    /// <exception cref="IOException">There is no model, or it cannot be read.</exception>
    public static void Verify(string path, IReadOnlyList<ECDsa> keys)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(keys);
        Dictionary<string, string> files = SignedFiles.Enumerate(path).ToDictionary(file => file.Name, file => file.Path);
        Dictionary<string, string> signed = SignedIn(path, keys).ToDictionary(resource => resource.Name, resource => resource.Digest);
        if (files.Keys.FirstOrDefault(name => !signed.ContainsKey(name)) is { } added)
        {
            throw new InvalidFileException(files[added], FilePosition.None, "expected files that were signed, got one that was not");
        }

        foreach ((string name, string digest) in signed)
        {
            if (!files.TryGetValue(name, out string? file))
            {
                throw new InvalidFileException(Path.Combine(path, name), FilePosition.None, "expected the file that was signed, got none");
            }

            if (!SignedFiles.HashOf(file).Equals(digest, StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidFileException(file, FilePosition.None, "expected the SHA-256 that was signed, got another: the file was changed");
            }
        }
    }

    private static IReadOnlyList<SignedResource> SignedIn(string path, IReadOnlyList<ECDsa> keys)
    {
        string signature = SignaturePath(path);
        return File.Exists(signature)
            ? SignatureBundle.Open(signature, keys).Resources
            : throw new InvalidFileException(path, FilePosition.None, $"expected a signed model, got one without {Path.GetFileName(signature)}");
    }
}
