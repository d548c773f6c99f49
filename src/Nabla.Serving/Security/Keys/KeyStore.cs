using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Nabla.Formats;

namespace Nabla.Serving.Security.Keys;

/// <summary>
/// The keys that are valid now. The file is read again when it has changed, so a key that was revoked opens nothing from the next request on. A file that
/// cannot be read leaves the keys that were there.
/// </summary>
internal sealed partial class KeyStore(ServingOptions options, TimeProvider time, ILogger<KeyStore> log) : IDisposable
{
    private const string AdminName = "local-admin";
    private const int LongestKeyFile = 256;

    private readonly SecurityOptions security = options.Security;
    private readonly Lock gate = new();
    private volatile StoredKey[] keys = [];
    private StoredKey[] own = [];
    private FileStamp seen;

    /// <summary>Reads the keys, and makes the key of the machine's own admin.</summary>
    /// <exception cref="InvalidFileException">The file is none of keys.</exception>
    /// <exception cref="IOException">The file cannot be read, or that with the admin's key not written.</exception>
    public void Open()
    {
        if (security.AdminKeyFile is { } path)
        {
            string key = ApiKey.Create();
            RequireReplaceable(path);
            AtomicFile.WritePrivate(path, Encoding.ASCII.GetBytes($"{key}\n"));
            own = [new StoredKey(ApiKey.HashOf(key), new CallerIdentity(AdminName, KeyHandler.Method, [new ModelGrant(ModelRole.Admin)]), null)];
        }

        keys = own;
        if (security.Keys is { } file)
        {
            seen = FileStamp.Of(file);
            keys = ReadAll(file);
        }
    }

    /// <summary>Who has a key.</summary>
    /// <returns>The caller, or null where no valid key is like this; it takes as long either way.</returns>
    public CallerIdentity? Find(string key)
    {
        Refresh();
        byte[] hash = ApiKey.HashOf(key);
        StoredKey? found = null;
        foreach (StoredKey stored in keys)
        {
            if (CryptographicOperations.FixedTimeEquals(stored.Hash, hash))
            {
                found = stored;
            }
        }

        return found is { } known && !(known.Expires <= time.GetUtcNow()) ? known.Caller : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Another server may have written its own in the meantime.
        if (own is [{ } admin] && ReadKey(security.AdminKeyFile!) is { } key && ApiKey.HashOf(key).AsSpan().SequenceEqual(admin.Hash))
        {
            File.Delete(security.AdminKeyFile!);
        }
    }

    private static void RequireReplaceable(string path)
    {
        if (File.Exists(path) && ReadKey(path)?.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) != true)
        {
            throw new IOException($"{path}: expected a new file or one with an older key, got another: it is not replaced.");
        }
    }

    private static string? ReadKey(string path) => new FileInfo(path) is { Exists: true, Length: < LongestKeyFile } ? File.ReadAllText(path).Trim() : null;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Requests go on with the keys that were there.")]
    private void Refresh()
    {
        if (security.Keys is not { } file || FileStamp.Of(file) == seen)
        {
            return;
        }

        lock (gate)
        {
            FileStamp stamp = FileStamp.Of(file);
            if (stamp == seen)
            {
                return;
            }

            seen = stamp;
            try
            {
                keys = ReadAll(file);
                LogRead(keys.Length);
            }
            catch (Exception error)
            {
                LogFailed(error);
            }
        }
    }

    private StoredKey[] ReadAll(string file) => [.. own, .. KeyFile.Read(file).Select(StoredKey.Of)];

    [LoggerMessage(Level = LogLevel.Information, Message = "The file of keys was read again: {Count} keys are valid.")]
    private partial void LogRead(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The file of keys cannot be read; the keys before it stay valid.")]
    private partial void LogFailed(Exception error);

    private sealed record StoredKey(byte[] Hash, CallerIdentity Caller, DateTimeOffset? Expires)
    {
        public static StoredKey Of(KeyRecord key) => new(
            Convert.FromHexString(key.Sha256),
            new CallerIdentity(key.Name, KeyHandler.Method, [.. key.Roles.Select(ModelGrant.Parse)], key.RateLimit),
            key.Expires);
    }
}
