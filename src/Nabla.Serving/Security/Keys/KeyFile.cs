using System.Text.Json;
using System.Text.Json.Serialization;
using Nabla.Formats;

namespace Nabla.Serving.Security.Keys;

/// <summary>What is kept of an API key.</summary>
/// <param name="Name">Who has it; logs say this.</param>
/// <param name="Sha256">Its SHA-256 in hexadecimal digits.</param>
/// <param name="Roles">Each <c>ROLE</c> or <c>ROLE:MODEL</c>.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">When it ends; null for never.</param>
/// <param name="RateLimit">How much its holder may ask; null for as much as others.</param>
internal sealed record KeyRecord(
    string Name, string Sha256, IReadOnlyList<string> Roles, DateTimeOffset Created, DateTimeOffset? Expires = null, RateLimit? RateLimit = null);

/// <summary>The file of API keys: their hashes, and what their holders may do. It is read and written as a whole.</summary>
/// <param name="Schema">The version of the form, 1.</param>
/// <param name="Keys">The keys.</param>
internal sealed record KeyFile(int Schema, IReadOnlyList<KeyRecord> Keys)
{
    private const int CurrentSchema = 1;
    private const int LargestFile = 1 << 22;
    private const int MostKeys = 4096;
    private const int LongestName = 64;
    private const int HashDigits = 64;

    /// <summary>The keys in a file.</summary>
    /// <exception cref="InvalidFileException">It is no file of keys.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<KeyRecord> Read(string path)
    {
        using FileInput input = FileInput.Open(path);
        if (input.Remaining > LargestFile)
        {
            throw input.Error($"expected at most {LargestFile} bytes, got {input.Remaining}");
        }

        KeyFile file = Parse(path, input.Read(input.Remaining, "the keys"));
        return Problem(file) is { } problem ? throw new InvalidFileException(path, FilePosition.None, problem) : file.Keys;
    }

    /// <summary>Changes the keys in a file, which nobody but its owner may read; one change at a time.</summary>
    /// <param name="path">The file; a new one where there is none.</param>
    /// <param name="change">The new keys from the old ones.</param>
    /// <exception cref="IOException">Another process is changing it, or it cannot be written.</exception>
    public static void Change(string path, Func<IReadOnlyList<KeyRecord>, IReadOnlyList<KeyRecord>> change)
    {
        using FileStream alone = Lock(path);
        KeyFile file = new(CurrentSchema, change(File.Exists(path) ? Read(path) : []));
        if (Problem(file) is { } problem)
        {
            throw new ArgumentException($"{path}: {problem}.");
        }

        AtomicFile.WritePrivate(path, [.. JsonSerializer.SerializeToUtf8Bytes(file, KeyJson.Default.KeyFile), (byte)'\n']);
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error) when (error is not DirectoryNotFoundException)
        {
            throw new IOException($"{path}: it is being changed by somebody else: try again.", error);
        }
    }

    private static KeyFile Parse(string path, byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, KeyJson.Default.KeyFile) ?? throw new JsonException();
        }
        catch (JsonException error)
        {
            throw ModelJson.Error(path, error, "a file of API keys");
        }
    }

    private static string? Problem(KeyFile file)
    {
        if (file.Schema != CurrentSchema || file.Keys.Count > MostKeys)
        {
            return $"expected up to {MostKeys} keys of schema {CurrentSchema}, got {file.Keys.Count} of schema {file.Schema}";
        }

        if (file.Keys.Contains(null!))
        {
            return "expected an object for each key, got null";
        }

        return file.Keys.GroupBy(key => key.Name).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? $"expected names that differ, got '{twice.Key}' twice"
            : file.Keys.Select(Problem).FirstOrDefault(problem => problem is not null);
    }

    private static string? Problem(KeyRecord key)
    {
        if (key.Name.Length is 0 or > LongestName || key.Name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && !"._-@".Contains(letter, StringComparison.Ordinal)))
        {
            return $"expected names of 1 to {LongestName} letters, digits and . _ - @, got '{key.Name}'";
        }

        if (key.Sha256.Length != HashDigits || !key.Sha256.All(char.IsAsciiHexDigit))
        {
            return $"expected a SHA-256 of {HashDigits} hexadecimal digits for '{key.Name}', got another";
        }

        try
        {
            ModelGrant.RequireAll(key.Roles, $"key '{key.Name}'");
            key.RateLimit?.Validate($"key '{key.Name}'");
            return null;
        }
        catch (ArgumentException error)
        {
            return error.Message.TrimEnd('.');
        }
    }
}

/// <summary>The JSON form of files of keys, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(KeyFile))]
internal sealed partial class KeyJson : JsonSerializerContext;
