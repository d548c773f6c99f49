using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Security;

/// <summary>An authority with a certificate for a server on this machine, and others for clients; what a server reads lies in files.</summary>
internal sealed class TestCertificates : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly TemporaryFolder folder = new();
    private readonly X509Certificate2 authority;
    private byte serial;

    public TestCertificates()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        Authorities = folder.Write("authorities.pem", authority.ExportCertificatePem());
        Server = new ServerCertificateOptions(folder.File("server.pem"), folder.File("server-key.pem"));
        RenewServer().Dispose();
    }

    public string Authorities { get; }

    public ServerCertificateOptions Server { get; }

    /// <summary>Puts a new certificate of the server in the place of the one before.</summary>
    public X509Certificate2 RenewServer()
    {
        X509Certificate2 server = Issue("CN=localhost", ServerUse);
        File.WriteAllText(Server.Path, server.ExportCertificatePem());
        File.WriteAllText(Server.Key, server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return server;
    }

    public X509Certificate2 IssueClient(string subject) => Issue(subject, ClientUse);

    public static X509Certificate2 SelfSigned(string subject)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientUse)], false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }

    /// <summary>What sends requests with a certificate, and trusts the authority alone.</summary>
    public HttpMessageHandler Handler(X509Certificate2? client)
    {
        SocketsHttpHandler handler = new();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { authority },
        };
        if (client is not null)
        {
            handler.SslOptions.ClientCertificates = [client];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => client;
        }

        return handler;
    }

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    private X509Certificate2 Issue(string subject, string use)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(7), [1, ++serial]);
        return issued.CopyWithPrivateKey(key);
    }
}
