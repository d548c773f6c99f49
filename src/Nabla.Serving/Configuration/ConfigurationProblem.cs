using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Nabla.Serving.Http;

namespace Nabla.Serving;

/// <summary>Says what is wrong with a field of a file of options: that there is none of its name, or what it should hold.</summary>
internal static class ConfigurationProblem
{
    private const int LongestShown = 60;

    /// <summary>What was expected at a place, and what stands there.</summary>
    /// <param name="options">All options, those of the file among them.</param>
    /// <param name="path">The place that was refused, as JSON's reader writes it, such as <c>$.defaults.maxBatch</c>.</param>
    public static string At(JsonObject options, string path)
    {
        // Of an element, or where names have dots, the place alone is said.
        if (!path.StartsWith("$.", StringComparison.Ordinal) || path.Contains('['))
        {
            return Unclear(path);
        }

        string name = path[2..];
        JsonTypeInfo? type = ServingJson.Default.ServingOptions;
        JsonNode? value = options;
        foreach (string field in name.Split('.'))
        {
            if (type is { Kind: JsonTypeInfoKind.Object } known && known.Properties.All(property => property.Name != field))
            {
                return $"expected one of {string.Join(", ", known.Properties.Select(property => property.Name))} as a field, got '{name}'";
            }

            type = Within(type, field);
            value = (value as JsonObject)?[field];
        }

        return type is null || (value is JsonObject && type.Kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary)
            ? Unclear(path)
            : $"{name}: expected {Words(type)}, got {Shown(value)}";
    }

    private static string Unclear(string path) => $"expected options of the server, got a field that is unknown or of another type: {path}";

    private static JsonTypeInfo? Within(JsonTypeInfo? type, string field) => type switch
    {
        { Kind: JsonTypeInfoKind.Object } => Of(type.Properties.First(property => property.Name == field).PropertyType),
        { Kind: JsonTypeInfoKind.Dictionary, ElementType: { } element } => Of(element),
        _ => null,
    };

    private static JsonTypeInfo? Of(Type type) => ServingJson.Default.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    private static string Words(JsonTypeInfo type) => type switch
    {
        { Type: var kind } when kind == typeof(bool) => "true or false",
        { Type: var kind } when kind == typeof(int) => $"a whole number up to {int.MaxValue}",
        { Type: var kind } when kind == typeof(long) => "a whole number",
        { Type: var kind } when kind == typeof(double) => "a number",
        { Type: var kind } when kind == typeof(TimeSpan) => "a time such as \"00:00:30\"",
        { Type.IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type.Type))}",
        { Kind: JsonTypeInfoKind.Enumerable } => "a list",
        { Kind: JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary } => "an object",
        _ => "a text",
    };

    private static string Shown(JsonNode? value)
    {
        string text = value?.ToJsonString() ?? "null";
        return text.Length <= LongestShown ? text : $"{text[..LongestShown]}...";
    }
}
