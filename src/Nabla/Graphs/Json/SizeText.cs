using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Graphs.Free;

namespace Nabla.Graphs.Json;

/// <summary>Sizes that may be open, as JSON has them: a number, or a sum of products such as <c>4*batch*time + 1</c>.</summary>
internal static class SizeText
{
    private const int LongestText = 1000;

    /// <summary>A number, or a text where it is open.</summary>
    public static JsonNode ToJson(FreeSize size) => size.Fixed is { } number ? JsonValue.Create(number) : JsonValue.Create(size.ToString());

    /// <summary>The sizes as an array.</summary>
    public static JsonArray ToJson(FreeShape shape) => new([.. shape.Select(ToJson)]);

    /// <summary>What <see cref="ToJson(FreeSize)"/> wrote as a text.</summary>
    /// <exception cref="JsonException">It is no sum of products.</exception>
    public static FreeSize Parse(string text) => text.Length is > 0 and <= LongestText
        ? new FreeSize(text.Split(" + ").Select(Term))
        : throw Wrong(text);

    /// <summary>Whether a text can be the name of an open size: letters, digits and _, and no digit at first.</summary>
    public static bool IsName(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    private static FreeTerm Term(string text)
    {
        string[] parts = text.Split('*');
        bool hasFactor = long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long factor);
        string[] names = hasFactor ? parts[1..] : parts;
        return Array.TrueForAll(names, IsName)
            ? new FreeTerm(hasFactor ? factor : 1, names)
            : throw Wrong(text);
    }

    private static JsonException Wrong(string text) =>
        new($"expected a size such as 4*batch*time + 1, got '{(text.Length > LongestText ? text[..60] : text)}'");
}
