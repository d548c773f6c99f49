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

    /// <summary>The kind as one of the names of an enumeration.</summary>
    public T KindAs<T>()
        where T : struct, Enum => Choice<T>("kind");

    /// <summary>Where the values of parameters are; null for the layers to make initial ones.</summary>
    public Func<string, TensorType, Tensor>? Stored => budget.Stored;

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

    /// <summary>A whole number from 0 on; null when there is none.</summary>
    public int? OptionalInteger(string name) => Find(name) is null ? null : Integer(name, least: 0);

    /// <summary>A finite number; the fallback when there is none.</summary>
    public double Number(string name, double? fallback = null) => Find(name) switch
    {
        null when fallback is { } given => given,
        JsonValue value when Parse(value) is { } number => number,
        _ => throw Error(name, "a number"),
    };

    /// <summary>A finite number; null when there is none.</summary>
    public double? OptionalNumber(string name) => Find(name) is null ? null : Number(name);

    /// <summary>True or false; the fallback when there is neither.</summary>
    public bool Flag(string name, bool fallback) => Find(name) switch
    {
        null => fallback,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValueKind() == JsonValueKind.True,
        _ => throw Error(name, "true or false"),
    };

    /// <summary>True or false; null when there is neither.</summary>
    public bool? OptionalFlag(string name) => Find(name) is null ? null : Flag(name, false);

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
    public int[] Integers(string name, int least = 1) => Find(name) is JsonArray array
        && array.Select(item => item is JsonValue value ? Whole(value, least) : null).ToArray() is { } numbers && numbers.All(number => number is not null)
        ? [.. numbers.Select(number => number!.Value)]
        : throw Error(name, $"a list of whole numbers from {least} to {Largest}");

    /// <summary>Rows and columns: one number for both, or a list of two.</summary>
    public Size2D Size(string name, int? fallback = null, int least = 1) => Find(name) is not JsonArray
        ? Integer(name, fallback, least)
        : Integers(name, least) is [int height, int width] ? new Size2D(height, width) : throw Error(name, "rows and columns");

    /// <summary>Rows and columns; null when there are none.</summary>
    public Size2D? OptionalSize(string name) => Find(name) is null ? null : Size(name);

    /// <summary><c>Valid</c>, <c>Same</c> or four numbers; none when nothing is said.</summary>
    public Padding Padding(string name = "padding") => Find(name) switch
    {
        null => Nabla.Padding.Valid,
        JsonValue value when value.ToString() == nameof(Nabla.Padding.Valid) => Nabla.Padding.Valid,
        JsonValue value when value.ToString() == nameof(Nabla.Padding.Same) => Nabla.Padding.Same,
        JsonArray when Integers(name, least: 0) is [int top, int bottom, int left, int right] => new Padding(top, bottom, left, right),
        _ => throw Error(name, "Valid, Same or [top, bottom, left, right]"),
    };

    /// <summary>An initializer; the fallback when there is none.</summary>
    public Initializer Initializer(string name, Initializer fallback) => Part(name, InitializerCatalogue.Create) ?? fallback;

    /// <summary>A regularizer; null when there is none.</summary>
    public Regularizer? Regularizer(string name) => Part(name, RegularizerCatalogue.Create);

    /// <summary>An object, as it is.</summary>
    public JsonObject Object(string name) => Find(name) as JsonObject ?? throw Error(name, "an object");

    /// <summary>A layer; null when there is none.</summary>
    public Layer? Layer(string name) => Part(name, LayerCatalogue.Create);

    /// <summary>A list of layers.</summary>
    public Layer[] Layers(string name) => Find(name) is JsonArray array
        ? [.. array.Select(item => LayerCatalogue.Create(Within(name, item)))]
        : throw Error(name, "a list of layers");

    /// <summary>A list of parts that are no layers of their own, each with a kind: what stands within them is no deeper than what stands here.</summary>
    public T[] Parts<T>(string name, Func<JsonAttributes, T> create) => Find(name) is JsonArray array
        ? [.. array.Select(item => create(item is JsonObject part ? new JsonAttributes(part, budget, depth) : throw Error(name, "objects with a 'kind'")))]
        : throw Error(name, "a list of objects");

    /// <summary>What <see cref="Size"/> reads.</summary>
    public static JsonNode Of(Size2D size) => size.Height == size.Width ? JsonValue.Create(size.Height) : new JsonArray(size.Height, size.Width);

    /// <summary>What <see cref="Padding"/> reads; null for none.</summary>
    public static JsonNode? Of(Padding padding) => padding == Nabla.Padding.Valid ? null
        : padding.IsSame ? JsonValue.Create(nameof(Nabla.Padding.Same))
        : new JsonArray(padding.Top, padding.Bottom, padding.Left, padding.Right);

    /// <summary>What <see cref="Integers"/> reads.</summary>
    public static JsonArray Of(IEnumerable<int> numbers) => new([.. numbers.Select(number => (JsonNode)number)]);

    /// <summary>The error about an attribute that is missing or wrong.</summary>
    public JsonException Error(string name, string expected) => new($"expected '{name}' of {Kind} to be {expected}, got {Shown(json[name])}");

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
        if (!known.Contains(name))
        {
            known.Add(name);
        }

        return json[name];
    }
}
