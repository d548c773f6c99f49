using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>The widths of layers in their descriptions.</summary>
internal static class Widths
{
    private static readonly string[] Names = ["filters", "units", "size", "hidden"];

    /// <summary>The layers with all widths multiplied by a factor, rounded to what heads and groups divide: equal widths stay equal.</summary>
    /// <param name="layers">The descriptions; they stay as they are.</param>
    /// <param name="factor">Above 0.</param>
    /// <param name="keepsLast">Whether the last of the widths, in the order in which layers stand, stays as it is.</param>
    public static JsonObject[] Scale(IEnumerable<JsonObject> layers, double factor, bool keepsLast)
    {
        JsonObject[] copies = [.. layers.Select(layer => layer.DeepClone().AsObject())];
        (JsonObject Layer, string Name)[] widths = [.. copies.SelectMany(Of)];
        int multiple = copies.SelectMany(Objects).SelectMany(DivisorsOf).Aggregate(1, LeastCommonMultiple);
        foreach ((JsonObject layer, string name) in keepsLast ? widths.SkipLast(1) : widths)
        {
            layer[name] = Scaled(Whole(layer, name)!.Value, factor, multiple);
        }

        return copies;
    }

    // A width that heads and groups did not divide need not be divided now.
    private static int Scaled(int width, double factor, int multiple)
    {
        int step = width % multiple == 0 ? multiple : 1;
        return Math.Max(1, (int)Math.Round(width * factor / step)) * step;
    }

    // Rotary positions turn the numbers of a head in pairs.
    private static IEnumerable<int> DivisorsOf(JsonObject layer) =>
        [Whole(layer, "groups") ?? 1, (Whole(layer, "heads") ?? 1) * (layer["positions"]?.ToString() == nameof(AttentionPositions.Rotary) ? 2 : 1)];

    private static IEnumerable<(JsonObject Layer, string Name)> Of(JsonObject layer) =>
        Objects(layer).SelectMany(part => Names.Where(name => Whole(part, name) is not null).Select(name => (part, name)));

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject part => part.SelectMany(pair => Objects(pair.Value)).Prepend(part),
        JsonArray parts => parts.SelectMany(Objects),
        _ => [],
    };

    private static int? Whole(JsonObject layer, string name) =>
        layer[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && int.TryParse(value.ToJsonString(), out int number) ? number : null;

    private static int LeastCommonMultiple(int one, int other)
    {
        (int a, int b) = (one, other);
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return one / a * other;
    }
}
