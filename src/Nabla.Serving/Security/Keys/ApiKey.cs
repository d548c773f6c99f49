using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Nabla.Serving.Security.Keys;

/// <summary>
/// API keys are 256 random bits. A plain SHA-256 of one is enough to keep: slow hashes with salt protect what people think of, which can be guessed; nobody
/// guesses 256 bits, however fast the hash.
/// </summary>
internal static class ApiKey
{
    /// <summary>What keys begin with, so that people and scanners for secrets know them.</summary>
    public const string Prefix = "nabla_";

    private const int Size = 32;

    /// <summary>A new key.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Size));

    /// <summary>What is kept of a key.</summary>
    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
