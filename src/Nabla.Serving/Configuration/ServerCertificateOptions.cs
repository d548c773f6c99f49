using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nabla.Serving;

/// <summary>The certificate that the server shows at addresses with https, for REST and gRPC alike.</summary>
/// <param name="Path">A PEM file with the certificate, and those between it and its authority.</param>
/// <param name="Key">The PEM file with its private key, which is not encrypted.</param>
public sealed record ServerCertificateOptions(string Path, string Key)
{
    /// <summary>Refuses what is no certificate.</summary>
    internal void Validate()
    {
        if (string.IsNullOrEmpty(Path) || string.IsNullOrEmpty(Key))
        {
            throw new ArgumentException("security.certificate: expected a path and a key, got one alone.");
        }

        Load().Dispose();
    }

    /// <summary>The certificate with its key.</summary>
    /// <exception cref="ArgumentException">The files hold no certificate, or another's key.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    internal X509Certificate2 Load()
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(Path, Key);
        }
        catch (CryptographicException error)
        {
            throw new ArgumentException($"security.certificate: expected a certificate in '{Path}' and its private key in '{Key}', both in PEM: {error.Message}", error);
        }
    }

    /// <summary>The certificates between the server's and its authority.</summary>
    internal X509Certificate2Collection LoadChain()
    {
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(Path);
        return chain;
    }
}
