using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Graphs.Free;
using Nabla.Ops;

namespace Nabla.Graphs.Json;

/// <summary>What an op's attributes are read from: the JSON of its node, the open sizes, and what goes in.</summary>
/// <param name="Node">The node.</param>
/// <param name="Sizes">What the open sizes are.</param>
/// <param name="Inputs">The types of what goes in.</param>
/// <param name="Inner">Makes a graph within the op of its description.</param>
internal sealed record NodeSource(JsonObject Node, IReadOnlyDictionary<string, int> Sizes, TensorType[] Inputs, Func<JsonObject, Graph> Inner)
{
    private readonly HashSet<string> known = ["op", "name", "inputs"];

    /// <summary>The value of an attribute; null when it is absent.</summary>
    public JsonNode? Find(string name)
    {
        known.Add(name);
        return Node[name];
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="JsonException">There are attributes that were not asked for.</exception>
    public void RequireNoOthers()
    {
        if (Node.Select(pair => pair.Key).FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new JsonException($"expected the fields {string.Join(", ", known)}, got '{unknown}'");
        }
    }

    /// <summary>The error about an attribute that is missing or wrong.</summary>
    public JsonException Error(string name, string expected)
    {
        string got = Node[name]?.ToJsonString() ?? "nothing";
        return new JsonException($"expected '{name}' to be {expected}, got {(got.Length > 60 ? $"{got[..60]}..." : got)}");
    }
}

/// <summary>Takes attributes from JSON, for given open sizes.</summary>
internal sealed class AttributeReader<TOp>(NodeSource source) : OpAttributes<TOp>
    where TOp : Op
{
    private int Rank => source.Inputs[0].Shape.Rank;

    /// <inheritdoc/>
    public override int Integer(string name, Func<TOp, int> of, int least = 0) =>
        Whole(source.Find(name)) is { } number && number >= least ? number : throw source.Error(name, $"a whole number from {least} on");

    /// <inheritdoc/>
    public override int? OptionalInteger(string name, Func<TOp, int?> of) =>
        source.Find(name) is null ? null : Whole(source.Find(name)) ?? throw source.Error(name, "a whole number");

    /// <inheritdoc/>
    public override int Size(string name, Func<TOp, int> of) => SizeOf(source.Find(name)) ?? throw source.Error(name, "a size");

    /// <inheritdoc/>
    public override double Number(string name, Func<TOp, double> of) => NumberText.Parse(source.Find(name)) ?? throw source.Error(name, "a number");

    /// <inheritdoc/>
    public override bool Flag(string name, Func<TOp, bool> of) => source.Find(name) switch
    {
        null => false,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValueKind() == JsonValueKind.True,
        _ => throw source.Error(name, "true or false"),
    };

    /// <inheritdoc/>
    public override TEnum Choice<TEnum>(string name, Func<TOp, TEnum> of) => source.Find(name) is JsonValue value
        && value.GetValueKind() == JsonValueKind.String && Enum.GetNames<TEnum>().Contains(value.ToString())
            ? Enum.Parse<TEnum>(value.ToString())
            : throw source.Error(name, $"one of {string.Join(", ", Enum.GetNames<TEnum>())}");

    /// <inheritdoc/>
    public override Shape Sizes(string name, Func<TOp, Shape> of) => source.Find(name) is JsonArray array
        && array.Select(SizeOf).ToArray() is { } sizes && Array.TrueForAll(sizes, size => size is not null)
            ? [.. sizes.Select(size => size!.Value)]
            : throw source.Error(name, "a list of sizes");

    /// <inheritdoc/>
    public override int[] Integers(string name, Func<TOp, int[]> of, int count, int least = 0) => source.Find(name) is JsonArray array && array.Count == count
        && array.Select(Whole).ToArray() is { } numbers && Array.TrueForAll(numbers, number => number >= least)
            ? [.. numbers.Select(number => number!.Value)]
            : throw source.Error(name, $"{count} whole numbers from {least} on");

    /// <inheritdoc/>
    public override int Axis(string name, Func<TOp, int> of) =>
        Whole(source.Find(name)) is { } axis && axis >= 0 && axis < Rank ? axis : throw source.Error(name, $"an axis below {Rank}");

    /// <inheritdoc/>
    public override Shape Axes(string name, Func<TOp, Shape> of, bool ascending)
    {
        Shape axes = Sizes(name, of);
        bool fit = axes.All(axis => axis < Rank) && axes.Distinct().Count() == axes.Rank && (!ascending || axes.SequenceEqual(axes.Order()));
        return fit ? axes : throw source.Error(name, $"{(ascending ? "ascending " : "")}axes below {Rank}, each once");
    }

    /// <inheritdoc/>
    public override Graph Inner(string name, Func<TOp, Graph> of) => source.Find(name) is JsonObject graph ? source.Inner(graph) : throw source.Error(name, "a graph");

    private static int? Whole(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && int.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;

    private int? SizeOf(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String
        ? SizesAt(SizeText.Parse(value.ToString()))
        : Whole(node) is >= 0 and int number ? number : null;

    private int? SizesAt(FreeSize size) => size.Names.All(source.Sizes.ContainsKey) && size.At(source.Sizes) is >= 0 and int number ? number : null;
}

/// <summary>Numbers that need not be finite, which JSON has no numbers for.</summary>
internal static class NumberText
{
    /// <summary>A number, or a text such as <c>-Infinity</c>.</summary>
    public static JsonNode ToJson(double number) => double.IsFinite(number)
        ? JsonValue.Create(number)
        : JsonValue.Create(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>What <see cref="ToJson"/> wrote; null for anything else.</summary>
    public static double? Parse(JsonNode? node) => node is JsonValue value ? value.GetValueKind() switch
    {
        JsonValueKind.Number when double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) => number,
        JsonValueKind.String => value.ToString() switch
        {
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => null,
        },
        _ => null,
    } : null;
}
