namespace Nabla.Serving;

/// <summary>
/// Whether requests are kept as examples when somebody says what the answer should have been. Nothing is kept unless a folder is named: what callers send
/// may be personal.
/// </summary>
/// <example><code>CollectOptions options = new() { Folder = "collected", Models = ["digits"] };</code></example>
public sealed record CollectOptions
{
    /// <summary>Where examples are kept: a folder of pictures or a table for each model; null, the default, for nowhere.</summary>
    public string? Folder { get; init; }

    /// <summary>The models whose requests are kept.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>How many answered requests wait in memory for their label; 1000 by default, the oldest goes first.</summary>
    public int Remember { get; init; } = 1000;

    /// <summary>The bytes of these at most; 64 MiB by default.</summary>
    public long RememberBytes { get; init; } = 64 << 20;

    /// <summary>How long they wait; ten minutes by default.</summary>
    public TimeSpan RememberFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The bytes of a model's examples at most; 256 MiB by default. More are refused.</summary>
    public long MaxBytes { get; init; } = 256 << 20;

    /// <summary>Whether requests of a model are kept.</summary>
    internal bool Covers(string model) => Folder is not null && Models.Contains(model);

    /// <summary>Refuses what makes no sense.</summary>
    internal void Validate()
    {
        Require(Folder is not "", "a folder, or none");
        Require(Folder is null || Models.Count > 0, "the models whose requests are kept, beside the folder");
        Require(Remember >= 1, "remember from 1");
        Require(RememberBytes >= 1, "rememberBytes from 1");
        Require(RememberFor > TimeSpan.Zero, "rememberFor above 0");
        Require(MaxBytes >= 1, "maxBytes from 1");
    }

    private static void Require(bool condition, string expected)
    {
        if (!condition)
        {
            throw new ArgumentException($"collect: expected {expected}.");
        }
    }
}
