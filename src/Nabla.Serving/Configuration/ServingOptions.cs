using System.Globalization;
using Nabla.Formats;

namespace Nabla.Serving;

/// <summary>What is served, and within which limits.</summary>
/// <example><code>builder.Services.AddNablaServing(new ServingOptions { Models = "models", Watch = true });</code></example>
public sealed record ServingOptions
{
    private const long UsualBytesInFlight = 512L << 20;

    /// <summary>A model folder, a <c>.nabla</c> file, an ONNX file, or a repository: a folder <c>name/version/</c> for each version of each model.</summary>
    public string Models { get; init; } = "models";

    /// <summary>The name of a single model, in place of that in its <c>model.json</c> or of its file; null for that. A repository has its own names.</summary>
    public string? Name { get; init; }

    /// <summary>How models are served that are not named in <see cref="PerModel"/>.</summary>
    public ModelOptions Defaults { get; init; } = new();

    /// <summary>How single models are served, by name.</summary>
    public IReadOnlyDictionary<string, ModelOptions> PerModel { get; init; } = new Dictionary<string, ModelOptions>();

    /// <summary>Whether versions that appear in the repository or vanish from it are loaded and unloaded.</summary>
    public bool Watch { get; init; }

    /// <summary>How often the repository is looked at; 2 s by default.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether versions without a manifest are left alone.</summary>
    public bool RequireManifest { get; init; }

    /// <summary>How requests are compared with the data that models were trained on.</summary>
    public DriftOptions Drift { get; init; } = new();

    /// <summary>When something is wrong with a model, and who is told.</summary>
    public AlertOptions Alerts { get; init; } = new();

    /// <summary>Whether labelled requests are kept as examples.</summary>
    public CollectOptions Collect { get; init; } = new();

    /// <summary>The bytes of a request at most, after decompression; 64 MiB by default.</summary>
    public int MaxRequestBytes { get; init; } = 64 << 20;

    /// <summary>
    /// The bytes of all requests together at most that are being read or answered, after decompression; at least <see cref="MaxRequestBytes"/>. Null, the
    /// default, for 512 MiB, or for <see cref="MaxRequestBytes"/> where that is more. What comes in one piece of 64 KiB or less is not counted.
    /// </summary>
    public long? MaxBytesInFlight { get; init; }

    /// <summary>How many connections there may be at once; the next is closed. Null, the default, for as many as the machine lets there be.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Within which limits pictures are decoded.</summary>
    public PictureOptions Pictures { get; init; } = new();

    /// <summary>The inputs and outputs that a request names at most; 256 by default.</summary>
    public int MaxTensors { get; init; } = 256;

    /// <summary>How long a request may take from when it begins to come, the reading of its body and its wait in the queue included; 30 s by default.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long requests that were taken may go on when the server stops; 30 s by default.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Who may do what.</summary>
    public SecurityOptions Security { get; init; } = new();

    /// <summary>What is written down of requests; null for what changes something or is refused, in the application's log.</summary>
    public AuditOptions? Audit { get; init; }

    /// <summary>
    /// PEM files with public keys: a version is loaded only when one of them has signed it and nothing was changed since. Empty to load what is not signed.
    /// </summary>
    public IReadOnlyList<string> VerificationKeys { get; init; } = [];

    /// <summary>How a model is served.</summary>
    /// <param name="name">Its name.</param>
    public ModelOptions Of(string name) => PerModel.GetValueOrDefault(name) ?? Defaults;

    /// <summary>The bytes of all requests together at most.</summary>
    internal long BytesInFlight => MaxBytesInFlight ?? Math.Max(UsualBytesInFlight, MaxRequestBytes);

    /// <summary>Refuses what makes no sense.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal ServingOptions Validated()
    {
        Security.Validate();
        Audit?.Validate();
        foreach (string key in VerificationKeys)
        {
            SigningKeys.ReadPublic(key).Dispose();
        }

        Defaults.Validate("defaults");
        foreach ((string name, ModelOptions model) in PerModel)
        {
            model.Validate($"model '{name}'");
        }

        Drift.Validate();
        Alerts.Validate();
        Collect.Validate();
        Pictures.Validate();
        Require(Models.Length > 0, "models", "a path", Models);
        Require(Name is null || (Name.Length > 0 && !Name.Contains('/')), "name", "letters without a slash", Name);
        Require(WatchInterval > TimeSpan.Zero, "watchInterval", "more than 0", WatchInterval);
        Require(MaxRequestBytes > 0, "maxRequestBytes", "more than 0", MaxRequestBytes);
        Require(BytesInFlight >= MaxRequestBytes, "maxBytesInFlight", $"at least maxRequestBytes, {MaxRequestBytes}", BytesInFlight);
        Require(MaxConnections is null or > 0, "maxConnections", "more than 0, or none", MaxConnections);
        Require(MaxTensors > 0, "maxTensors", "more than 0", MaxTensors);
        Require(RequestTimeout > TimeSpan.Zero && RequestTimeout <= TimeSpan.FromDays(1), "requestTimeout", "more than 0 and at most a day", RequestTimeout);
        Require(DrainTimeout >= TimeSpan.Zero, "drainTimeout", "0 or more", DrainTimeout);
        return this;
    }

    private static void Require(bool condition, string name, string expected, object? got)
    {
        if (!condition)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name}: expected {expected}, got {got}."));
        }
    }
}
