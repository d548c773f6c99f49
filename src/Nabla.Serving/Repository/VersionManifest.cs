using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nabla.Formats;

namespace Nabla.Serving.Repository;

/// <summary>
/// The file <c>manifest.json</c> of a version: the size and the SHA-256 of each of its other files. It is written last, so a version that is still being
/// copied has none or one that does not hold yet.
/// </summary>
/// <param name="Files">The other files, by their paths within the folder with forward slashes.</param>
internal sealed record VersionManifest(IReadOnlyDictionary<string, ManifestFile> Files)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "manifest.json";

    private const int LargestManifest = 1 << 20;

    /// <summary>Writes the manifest of a folder as it is now.</summary>
    public static void Write(string folder)
    {
        Dictionary<string, ManifestFile> files = [];
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(folder, file).Replace('\\', '/');
            if (name != FileName)
            {
                files[name] = new ManifestFile(new FileInfo(file).Length, HashOf(file));
            }
        }

        AtomicFile.WriteBytes(
            Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(new VersionManifest(files), ManifestJson.Default.VersionManifest));
    }

    /// <summary>What is missing in a folder that has a manifest.</summary>
    /// <param name="folder">The version.</param>
    /// <returns>What does not hold, in words; null when all does, or when there is no manifest.</returns>
    public static string? Problem(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return Read(path).Files.Select(file => Problem(folder, file.Key, file.Value)).FirstOrDefault(problem => problem is not null);
        }
        catch (JsonException)
        {
            return $"{FileName} is no manifest";
        }
    }

    private static VersionManifest Read(string path)
    {
        VersionManifest? manifest = new FileInfo(path).Length <= LargestManifest
            ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ManifestJson.Default.VersionManifest)
            : null;

        // Of values in a dictionary the reader takes null, whatever their type says.
        return manifest is not null && !manifest.Files.Values.Any(file => file is null) ? manifest : throw new JsonException();
    }

    private static string? Problem(string folder, string name, ManifestFile expected)
    {
        if (name.Split('/').Any(part => part is "" or "." or "..") || Path.IsPathRooted(name))
        {
            return $"the manifest names '{name}', which is no file of the folder";
        }

        FileInfo file = new(Path.Combine(folder, name));
        if (!file.Exists || file.Length != expected.Size)
        {
            return $"'{name}' has {(file.Exists ? file.Length : 0)} of {expected.Size} bytes";
        }

        return HashOf(file.FullName).Equals(expected.Sha256, StringComparison.OrdinalIgnoreCase) ? null : $"'{name}' has another SHA-256 than the manifest says";
    }

    private static string HashOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

/// <summary>A file in a manifest.</summary>
/// <param name="Size">Its bytes.</param>
/// <param name="Sha256">Its SHA-256 in hexadecimal digits.</param>
internal sealed record ManifestFile(long Size, string Sha256);

/// <summary>The JSON form of manifests, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(VersionManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
