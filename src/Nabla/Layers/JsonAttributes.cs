using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;
using Nabla.Layers.Regularizers;

namespace Nabla.Layers;

/// <summary>Reads the attributes of a layer, initializer or regularizer from a model file; what nobody asked for is an error.</summary>
internal sealed class JsonAttributes(JsonObject json, LayerBudget budget, int depth = 0)
{
    private const int Largest = 1 << 24;

    private readonly List<string> known = ["kind"];

    /// <summary>The kind that the attributes are of.</summary>
    public string Kind => json["kind"] is JsonValue value && value.GetValueKind() == JsonValueKind.String
        ? value.ToString()
        : throw new JsonException($"expected a 'kind', got {Shown(json["kind"])}");

    /// <summary>Counts the layer that these are the attributes of.</summary>
    /// <exception cref="JsonException">There are too many, or it stands too deep within others.</exception>
    public void CountLayer() => budget.Take(depth);

    /// <summary>A whole number; the fallback when there is none.</summary>
    public int Integer(string name, int? fallback = null, int least = 1) => Find(name) switch
    {
        null when fallback is { } given => given,
        JsonValue value when Whole(value, least) is { } number => number,
        _ => throw Error(name, $"a whole number from {least} to {Largest}"),
    };

    /// <summary>A finite number; the fallback when there is none.</summary>
    public double Number(string name, double? fallback = null) => Find(name) switch
    {
        null when fallback is { } given => given,
        JsonValue value when Parse(value) is { } number => number,
        _ => throw Error(name, "a number"),
    };

    /// <summary>True or false; the fallback when there is neither.</summary>
    public bool Flag(string name, bool fallback) => Find(name) switch
    {
        null => fallback,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValueKind() == JsonValueKind.True,
        _ => throw Error(name, "true or false"),
    };

    /// <summary>A text; null when there is none.</summary>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.ToString(),
        _ => throw Error(name, "a text"),
    };

    /// <summary>One of the names of an enumeration; the fallback when there is none.</summary>
    public T Choice<T>(string name, T? fallback = null)
        where T : struct, Enum => Text(name) switch
        {
            null when fallback is { } given => given,
            { } text when Enum.GetNames<T>().Contains(text) => Enum.Parse<T>(text),
            _ => throw Error(name, $"one of {string.Join(", ", Enum.GetNames<T>())}"),
        };

    /// <summary>The activation; none when nothing is said.</summary>
    public ActivationKind Activation(string name = "activation") => Choice<ActivationKind>(name, ActivationKind.Linear);

    /// <summary>A list of whole numbers.</summary>
    public int[] Integers(string name, int least = 1) => Find(name) is JsonArray array && array.All(item => item is JsonValue value && Whole(value, least) is not null)
        ? [.. array.Select(item => Whole((JsonValue)item!, least)!.Value)]
        : throw Error(name, $"a list of whole numbers from {least} to {Largest}");

    /// <summary>An initializer; the fallback when there is none.</summary>
    public Initializer Initializer(string name, Initializer fallback) => Part(name, InitializerCatalogue.Create) ?? fallback;

    /// <summary>A regularizer; null when there is none.</summary>
    public Regularizer? Regularizer(string name) => Part(name, RegularizerCatalogue.Create);

    /// <summary>A layer; null when there is none.</summary>
    public Layer? Layer(string name) => Part(name, LayerCatalogue.Create);

    /// <summary>A list of layers.</summary>
    public Layer[] Layers(string name) => Find(name) is JsonArray array
        ? [.. array.Select(item => LayerCatalogue.Create(Within(name, item)))]
        : throw Error(name, "a list of layers");

    /// <summary>Ends the reading.</summary>
    /// <exception cref="JsonException">There are attributes that were not asked for.</exception>
    public void RequireNoOthers()
    {
        if (json.Select(pair => pair.Key).FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new JsonException($"expected of {Kind} the fields {string.Join(", ", known)}, got '{unknown}'");
        }
    }

    // Numbers that a program put in and numbers from a file have this text in common.
    private static double? Parse(JsonValue value) => value.GetValueKind() == JsonValueKind.Number
        && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : null;

    private static int? Whole(JsonValue value, int least) =>
        Parse(value) is { } number && number >= least && number <= Largest && number == Math.Floor(number) ? (int)number : null;

    private static string Shown(JsonNode? node) => node?.ToJsonString() is not { } text ? "nothing" : text.Length > 60 ? $"{text[..60]}..." : text;

    private T? Part<T>(string name, Func<JsonAttributes, T> create)
        where T : class => Find(name) is { } node ? create(Within(name, node)) : null;

    private JsonAttributes Within(string name, JsonNode? node) =>
        node is JsonObject part ? new JsonAttributes(part, budget, depth + 1) : throw Error(name, "an object with a 'kind'");

    private JsonNode? Find(string name)
    {
        known.Add(name);
        return json[name];
    }

    private JsonException Error(string name, string expected) => new($"expected '{name}' of {Kind} to be {expected}, got {Shown(json[name])}");
}
