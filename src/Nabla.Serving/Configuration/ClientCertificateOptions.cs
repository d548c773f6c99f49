using Nabla.Serving.Security;

namespace Nabla.Serving;

/// <summary>Certificates that clients show (mutual TLS), and what their holders may do. A certificate that no rule knows opens nothing.</summary>
/// <param name="Rules">Who is known.</param>
public sealed record ClientCertificateOptions(IReadOnlyList<CertificateRule> Rules)
{
    /// <summary>A PEM file with the authorities whose certificates are taken; null for those that the system trusts.</summary>
    public string? Authorities { get; init; }

    /// <summary>Whether authorities are asked if a certificate has been revoked.</summary>
    public bool CheckRevocation { get; init; }

    /// <summary>Refuses what makes no sense.</summary>
    internal void Validate()
    {
        if (Rules is null or [] || Rules.Contains(null!))
        {
            throw new ArgumentException("security.clientCertificates.rules: expected one rule at least, got none.");
        }

        foreach (CertificateRule rule in Rules)
        {
            rule.Validate();
        }
    }
}

/// <summary>What the holder of a certificate may do.</summary>
/// <param name="Roles">Each <c>ROLE</c> or <c>ROLE:MODEL</c>.</param>
/// <param name="Subject">
/// The distinguished name, such as <c>CN=robot, O=Example</c>, of a certificate that an authority has issued; null where the thumbprint decides.
/// </param>
/// <param name="Thumbprint">The SHA-256 of the certificate in hexadecimal digits; null where the subject decides.</param>
public sealed record CertificateRule(IReadOnlyList<string> Roles, string? Subject = null, string? Thumbprint = null)
{
    private const int ThumbprintDigits = 64;

    /// <summary>Refuses what makes no sense.</summary>
    internal void Validate()
    {
        const string Place = "security.clientCertificates.rules";
        if (Subject is null == Thumbprint is null)
        {
            throw new ArgumentException($"{Place}: expected a subject or a thumbprint, got {(Subject is null ? "neither" : "both")}.");
        }

        if (Thumbprint is not null && (Thumbprint.Length != ThumbprintDigits || !Thumbprint.All(char.IsAsciiHexDigit)))
        {
            throw new ArgumentException($"{Place}: expected a SHA-256 of {ThumbprintDigits} hexadecimal digits as thumbprint, got '{Thumbprint}'.");
        }

        ModelGrant.RequireAll(Roles, Place);
    }
}
