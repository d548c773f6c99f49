using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Keras.Layers;

/// <summary>Reads the options of a layer; one that is set and that nobody asked for is an error, so that none is lost in silence.</summary>
/// <param name="entry">The layer.</param>
/// <param name="input">The shape of one of its inputs, without the batch; null when it is not known, because of an error before.</param>
internal sealed class KerasOptions(KerasEntry entry, Shape? input)
{
    private const int Largest = 1 << 24;

    // What the layer is called, how it begins, and what only training or speed depend on.
    private static readonly string[] Harmless =
    [
        "name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_dtype", "input_shape", "input_dim", "input_length", "sparse", "ragged", "optional",
        "activity_regularizer", "seed", "implementation", "unroll", "unit_forget_bias", "use_cudnn", "autocast", "synchronized", "fused", "flash_attention",
        "build_config", "build_input_shape", "lora_alpha",
    ];

    private readonly HashSet<string> known = [.. Harmless];

    /// <summary>The layer.</summary>
    public KerasEntry Entry => entry;

    /// <summary>The shape of one input, without the batch; null when it is not known.</summary>
    public Shape? Input => input;

    /// <summary>Whether an option is there and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>The option as it is.</summary>
    public JsonNode? Node(string name) => Find(name);

    public int Integer(string name, int? fallback = null) => Find(name) switch
    {
        null when fallback is { } given => given,
        { } node when Whole(node) is { } number => number,
        JsonArray { Count: 1 } list when Whole(list[0]) is { } number => number,
        _ => throw Wrong(name, "a whole number"),
    };

    public double Number(string name, double? fallback = null) => Find(name) switch
    {
        null when fallback is { } given => given,
        { } node when Parse(node) is { } number => number,
        _ => throw Wrong(name, "a number"),
    };

    public bool Flag(string name, bool fallback) => Find(name) switch
    {
        null => fallback,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
        _ => throw Wrong(name, "true or false"),
    };

    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { } node => KerasEntry.TextOf(node) ?? throw Wrong(name, "a text"),
    };

    /// <summary>Whole numbers: a list, or one for all.</summary>
    public int[] Integers(string name, int? count = null, int? fallback = null) => Find(name) switch
    {
        JsonArray list when list.Select(Whole).ToArray() is { } numbers && numbers.All(number => number is not null) && (count ?? numbers.Length) == numbers.Length =>
            [.. numbers.Select(number => number!.Value)],
        null when fallback is { } given => [.. Enumerable.Repeat(given, count ?? 1)],
        { } node when Whole(node) is { } number => [.. Enumerable.Repeat(number, count ?? 1)],
        _ => throw Wrong(name, count is null ? "whole numbers" : $"{count} whole numbers"),
    };

    /// <summary>Rows and columns, as Nabla's model files have them.</summary>
    public JsonNode Size(string name, int? fallback = null) => new JsonArray([.. Integers(name, 2, fallback).Select(number => (JsonNode)number)]);

    /// <summary>Pairs of numbers before and behind along each axis: one number for all, one for each axis, or two for each.</summary>
    public int[] Borders(string name, int axes) => Find(name) switch
    {
        JsonArray list when list.Count == axes && list.All(item => item is JsonArray { Count: 2 }) =>
            [.. list.SelectMany(item => item!.AsArray().Select(number => Whole(number) ?? throw Wrong(name, "pairs of whole numbers")))],
        JsonArray { Count: 2 } list when axes == 1 => [.. list.Select(number => Whole(number) ?? throw Wrong(name, "two whole numbers"))],
        _ => [.. Integers(name, axes).SelectMany(number => new[] { number, number })],
    };

    /// <summary>Requires that an option has its usual value.</summary>
    public void Require(string name, bool holds, string reason)
    {
        Find(name);
        if (!holds)
        {
            throw new KerasException($"{entry.Label} ({name} = {KerasEntry.Shown(entry.Config[name])}: {reason})");
        }
    }

    /// <summary>Says that options do not matter: initial values, and what holds weights in bounds while training.</summary>
    public void Ignore(params string[] names) => known.UnionWith(names);

    /// <summary>The error about an option.</summary>
    public KerasException Wrong(string name, string expected) =>
        new($"{entry.Label} (expected '{name}' to be {expected}, got {KerasEntry.Shown(entry.Config[name])})");

    /// <summary>Ends the reading.</summary>
    public void RequireNoOthers()
    {
        foreach ((string name, JsonNode? value) in entry.Config)
        {
            bool empty = value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 } || value.ToJsonString() == "false";
            if (!empty && !known.Contains(name) && !name.EndsWith("_initializer", StringComparison.Ordinal) && !name.EndsWith("_constraint", StringComparison.Ordinal))
            {
                throw new KerasException($"{entry.Label} (option {name} = {KerasEntry.Shown(value)} is not known)");
            }
        }
    }

    private static double? Parse(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
        && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : null;

    private static int? Whole(JsonNode? node) =>
        Parse(node) is { } number && Math.Abs(number) <= Largest && number == Math.Floor(number) ? (int)number : null;

    private JsonNode? Find(string name)
    {
        known.Add(name);
        return entry.Config[name];
    }
}
