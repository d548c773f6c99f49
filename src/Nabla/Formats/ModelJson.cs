using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Formats;

/// <summary>The JSON form of <see cref="ModelDescription"/>, generated at compile time. It is strict: an unknown field is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    WriteIndented = true,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(GraphModelDescription))]
internal sealed partial class ModelJson : JsonSerializerContext
{
    /// <summary>Writes names in any language as they are, not as escapes.</summary>
    public static ModelJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>What is wrong, in one line with the place.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">What the reader said.</param>
    /// <param name="expected">What the file is to hold.</param>
    public static InvalidFileException Error(string path, JsonException error, string expected = "a model description of schema 2")
    {
        FilePosition position = error.LineNumber is { } line ? FilePosition.Line(line + 1) : FilePosition.None;
        return new InvalidFileException(path, position, Problem(error, expected), error);
    }

    // Only of the whole is it worth saying what is missing: a field is named by its path.
    private static string Problem(JsonException error, string expected) => error switch
    {
        { InnerException: JsonException syntax } => $"expected JSON, got something else ({Reason(syntax)})",
        { Path: { Length: > 1 } field } => $"expected {expected}, got a field that is unknown, of another type or without what belongs in it: {field}",
        _ => $"expected {expected}, got something else ({Reason(error)})",
    };

    /// <summary>What is wrong, without the place.</summary>
    internal static string Reason(JsonException error) => Before(Before(error.Message, " Path: "), " LineNumber: ").TrimEnd('.');

    private static string Before(string text, string mark) => text.IndexOf(mark, StringComparison.Ordinal) is >= 0 and int end ? text[..end] : text;
}
