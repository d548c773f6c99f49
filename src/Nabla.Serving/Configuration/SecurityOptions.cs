namespace Nabla.Serving;

/// <summary>
/// Who may do what. Where neither keys nor tokens nor client certificates are asked for, whoever reaches the server may read and predict, and nobody but
/// the holder of the key in <see cref="AdminKeyFile"/> may change anything; such a server listens on the machine's own address only.
/// </summary>
/// <remarks>
/// Roles are written <c>ROLE</c> for all models or <c>ROLE:MODEL</c> for one: <c>read</c> sees a model, its state and its signature, <c>predict</c> may also
/// ask it, and <c>admin</c> may also load, unload and change who gets which version.
/// </remarks>
/// <example><code>SecurityOptions security = new() { Keys = "keys.json", RateLimit = new RateLimit(100) };</code></example>
public sealed record SecurityOptions
{
    /// <summary>A file of API keys, as <c>nabla serve keys</c> writes it; read again when it has changed. Null for none.</summary>
    public string? Keys { get; init; }

    /// <summary>
    /// A file that gets a random key with the role <c>admin</c> when the server starts, for its owner's eyes only, and vanishes when it stops. Null for none.
    /// </summary>
    public string? AdminKeyFile { get; init; }

    /// <summary>Tokens of an OpenID Connect provider; null for none.</summary>
    public JwtOptions? Jwt { get; init; }

    /// <summary>Certificates of clients; null for none.</summary>
    public ClientCertificateOptions? ClientCertificates { get; init; }

    /// <summary>The certificate of the server itself, for addresses with https; null for that of Kestrel's own configuration.</summary>
    public ServerCertificateOptions? Certificate { get; init; }

    /// <summary>How much each caller may ask whose key says nothing else; null for any amount.</summary>
    public RateLimit? RateLimit { get; init; }

    /// <summary>Whether a server that asks nobody who they are may be reached from other machines.</summary>
    public bool Insecure { get; init; }

    /// <summary>Whether callers are asked who they are.</summary>
    internal bool AsksWho => Keys is not null || Jwt is not null || ClientCertificates is not null;

    /// <summary>Refuses what makes no sense.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        if (Keys is not null && AdminKeyFile is not null && Path.GetFullPath(Keys) == Path.GetFullPath(AdminKeyFile))
        {
            throw new ArgumentException($"security.adminKeyFile: expected another file than that of all keys, got '{AdminKeyFile}' for both.");
        }

        Jwt?.Validate();
        ClientCertificates?.Validate();
        Certificate?.Validate();
        RateLimit?.Validate("security.rateLimit");
    }
}
