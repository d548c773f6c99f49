using System.Security.Cryptography;

namespace Nabla.Serving.Page;

/// <summary>A file of the page.</summary>
/// <param name="Path">Where it is answered.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record PageFile(string Path, string MediaType, ReadOnlyMemory<byte> Content)
{
    private const string Folder = "page/";
    private const string Index = "index.html";

    /// <summary>All files, from the assembly.</summary>
    public static IReadOnlyList<PageFile> All { get; } =
        [.. typeof(PageFile).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Select(Read)];

    /// <summary>What tells one content from another.</summary>
    public string Tag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(Content.Span).AsSpan(0, 16))}\"";

    private static PageFile Read(string name)
    {
        using Stream stream = typeof(PageFile).Assembly.GetManifestResourceStream(name)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new PageFile(name == Folder + Index ? "/" : $"/{name}", MediaTypeOf(name), content);
    }

    private static string MediaTypeOf(string name) => System.IO.Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };
}
