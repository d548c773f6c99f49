using System.Security.Cryptography;
using System.Text;

namespace Nabla.Formats;

/// <summary>The keys that models are signed and verified with: elliptic curves P-256, P-384 and P-521, in PEM files as OpenSSL writes them.</summary>
public static class SigningKeys
{
    private const int LargestFile = 1 << 16;

    /// <summary>Reads a key to sign with.</summary>
    /// <param name="path">A PEM file with an <c>EC PRIVATE KEY</c> or a <c>PRIVATE KEY</c> that is not encrypted.</param>
    /// <exception cref="InvalidFileException">It holds none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ECDsa ReadPrivate(string path)
    {
        string pem = ReadText(path);
        return pem.Contains("PRIVATE KEY", StringComparison.Ordinal) ? Import(path, pem, "private") : throw Error(path, "private");
    }

    /// <summary>Reads a key to verify with.</summary>
    /// <param name="path">A PEM file with a <c>PUBLIC KEY</c>.</param>
    /// <exception cref="InvalidFileException">It holds none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ECDsa ReadPublic(string path)
    {
        string pem = ReadText(path);
        return pem.Contains("PRIVATE KEY", StringComparison.Ordinal) ? throw Error(path, "public") : Import(path, pem, "public");
    }

    /// <summary>What a bundle calls a key: the SHA-256 of its public half in PEM, in hexadecimal digits.</summary>
    internal static string HintOf(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{key.ExportSubjectPublicKeyInfoPem()}\n")));

    /// <summary>The hash that goes with the curve of a key.</summary>
    internal static HashAlgorithmName HashOf(ECDsa key) => key.KeySize switch
    {
        256 => HashAlgorithmName.SHA256,
        384 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };

    private static ECDsa Import(string path, string pem, string kind)
    {
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key.KeySize is 256 or 384 or 521 ? key : throw Error(path, kind);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw Error(path, kind, error);
        }
    }

    private static string ReadText(string path)
    {
        using FileInput input = FileInput.Open(path);
        return input.Remaining <= LargestFile
            ? Encoding.UTF8.GetString(input.Read(input.Remaining, "a key"))
            : throw input.Error($"expected a key of at most {LargestFile} bytes, got {input.Remaining}");
    }

    private static InvalidFileException Error(string path, string kind, Exception? inner = null) =>
        new(path, FilePosition.None, $"expected a {kind} key of the curve P-256, P-384 or P-521 in PEM that is not encrypted, got something else", inner);
}
