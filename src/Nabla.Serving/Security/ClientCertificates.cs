using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Nabla.Serving.Security;

/// <summary>Knows callers by the certificate that they show, and shows them the server's own.</summary>
internal static class ClientCertificates
{
    /// <summary>The name of the scheme.</summary>
    public const string Scheme = "Nabla.Certificate";

    private const string Method = "certificate";

    /// <summary>Adds the scheme.</summary>
    /// <exception cref="ArgumentException">The file of authorities holds none.</exception>
    public static void AddClientCertificates(this AuthenticationBuilder schemes, ClientCertificateOptions certificates)
    {
        X509Certificate2Collection authorities = AuthoritiesIn(certificates.Authorities);
        schemes.AddCertificate(Scheme, options =>
        {
            options.AllowedCertificateTypes = CertificateTypes.All;
            options.RevocationMode = certificates.CheckRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
            if (authorities.Count > 0)
            {
                options.ChainTrustValidationMode = X509ChainTrustMode.CustomRootTrust;
                options.CustomTrustStore = authorities;
            }

            options.Events = new CertificateAuthenticationEvents { OnCertificateValidated = context => Recognise(context, certificates.Rules) };
        });
    }

    /// <summary>Sets the certificates of Kestrel's addresses with https.</summary>
    public static void AddServingCertificates(this IServiceCollection services, SecurityOptions security)
    {
        if (security.Certificate is null && security.ClientCertificates is null)
        {
            return;
        }

        if (security.Certificate is { } certificate)
        {
            services.AddSingleton(provider => new ShownCertificate(certificate, provider.GetRequiredService<ILogger<ShownCertificate>>()));
        }

        // Defaults hold for the addresses that are added after them, and an application may have added some already.
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>>(provider => new ConfigureOptions<KestrelServerOptions>(
            kestrel => kestrel.ConfigureHttpsDefaults(https => Configure(https, security, provider.GetService<ShownCertificate>())))));
    }

    private static void Configure(HttpsConnectionAdapterOptions https, SecurityOptions security, ShownCertificate? shown)
    {
        if (shown is not null)
        {
            https.ServerCertificate = shown.Current.TargetCertificate;
            https.OnAuthenticate = (_, connection) => connection.ServerCertificateContext = shown.Current;
        }

        if (security.ClientCertificates is not null)
        {
            // Whether a certificate is good is decided where callers are recognised; probes come without one.
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.AllowAnyClientCertificate();
        }
    }

    private static Task Recognise(CertificateValidatedContext context, IReadOnlyList<CertificateRule> rules)
    {
        X509Certificate2 certificate = context.ClientCertificate;
        if (rules.FirstOrDefault(rule => Knows(rule, certificate)) is { } known)
        {
            context.Principal = new CallerIdentity(certificate.Subject, Method, [.. known.Roles.Select(ModelGrant.Parse)]).ToPrincipal();
            context.Success();
        }
        else
        {
            context.Fail("No rule knows the certificate.");
        }

        return Task.CompletedTask;
    }

    // Anybody can write any name into a certificate that they sign themselves: such a one is known by its thumbprint alone.
    private static bool Knows(CertificateRule rule, X509Certificate2 certificate) => rule.Thumbprint is { } thumbprint
        ? certificate.GetCertHashString(HashAlgorithmName.SHA256).Equals(thumbprint, StringComparison.OrdinalIgnoreCase)
        : certificate.Subject == rule.Subject && !certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static X509Certificate2Collection AuthoritiesIn(string? path)
    {
        X509Certificate2Collection authorities = [];
        if (path is null)
        {
            return authorities;
        }

        authorities.ImportFromPemFile(path);
        return authorities.Count > 0
            ? authorities
            : throw new ArgumentException($"security.clientCertificates.authorities: expected certificates in PEM in '{path}', got none.");
    }
}
