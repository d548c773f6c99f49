using System.Buffers.Text;
using System.Text;
using Nabla.Formats;
using Nabla.Serving.Audit;

namespace Nabla.Serving;

/// <summary>
/// What is written down of requests, a line of JSON each: who asked what of which model, when, and what came of it. Bodies are never among it. What says who
/// a person is, their address and the inputs that a model's signature classifies, is masked.
/// </summary>
/// <example><code>AuditOptions audit = new() { Path = "audit.jsonl", HmacKeyFile = "audit.key" };</code></example>
public sealed record AuditOptions
{
    private const long UsualBytes = 64L << 20;
    private const int UsualFiles = 8;
    private const int SmallestKey = 32;
    private const int LargestKeyFile = 1 << 16;

    /// <summary>The file to write to; null for the application's log, under the category <c>Nabla.Serving.Audit</c>.</summary>
    public string? Path { get; init; }

    /// <summary>The bytes after which a new file is begun, from 4096; null for 64 MiB.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>How many older files are kept, as <c>PATH.1</c> and so on, from 0 to 1000; null for 8.</summary>
    public int? Keep { get; init; }

    /// <summary>Whether columns and texts are written down whose class in the model's signature allows it, masked as it says.</summary>
    public bool Inputs { get; init; }

    /// <summary>Whether addresses are written as they are.</summary>
    public bool PlainAddresses { get; init; }

    /// <summary>
    /// A file with 32 random bytes or more in base64: what is personal becomes an HMAC with it, the same for the same, so that it can be counted but not read.
    /// Null to leave it out.
    /// </summary>
    public string? HmacKeyFile { get; init; }

    /// <summary>The size of a file.</summary>
    internal long FileBytes => MaxBytes ?? UsualBytes;

    /// <summary>The number of older files.</summary>
    internal int OlderFiles => Keep ?? UsualFiles;

    /// <summary>Refuses what makes no sense.</summary>
    internal void Validate()
    {
        if (FileBytes < 4096)
        {
            throw new ArgumentException($"audit.maxBytes: expected 4096 or more, got {FileBytes}.");
        }

        if (OlderFiles is < 0 or > 1000)
        {
            throw new ArgumentException($"audit.keep: expected 0 to 1000, got {OlderFiles}.");
        }

        ReadHmacKey();
        RequireWritable();
    }

    /// <summary>The key for what is personal, in base64; null for none.</summary>
    /// <exception cref="ArgumentException">The file holds no such key.</exception>
    internal string? ReadHmacKey()
    {
        if (HmacKeyFile is null)
        {
            return null;
        }

        using FileInput file = FileInput.Open(HmacKeyFile);
        string key = Encoding.UTF8.GetString(file.Read(Math.Min(file.Remaining, LargestKeyFile), "the key")).Trim();
        return Base64.IsValid(key, out int bytes) && bytes >= SmallestKey
            ? key
            : throw new ArgumentException($"audit.hmacKeyFile: expected {SmallestKey} bytes or more in base64 in '{HmacKeyFile}', got something else.");
    }

    // A server that cannot write down what it is told to must not begin to answer.
    private void RequireWritable()
    {
        if (Path is null)
        {
            return;
        }

        try
        {
            AuditFile.Append(Path).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"audit.path: expected a file that can be written, got '{Path}': {error.Message}", error);
        }
    }
}
