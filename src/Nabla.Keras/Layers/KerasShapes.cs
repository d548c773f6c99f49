using System.Text.Json.Nodes;

namespace Nabla.Keras.Layers;

/// <summary>Finds the shapes of inputs, under the names that they have had.</summary>
internal static class KerasShapes
{
    private static readonly string[] OfLayers = ["batch_shape", "batch_input_shape"];
    private const int Largest = 1 << 24;

    /// <summary>The shape of one input, without the batch; null when it is not said.</summary>
    /// <param name="first">The layer that gives the input or takes it.</param>
    /// <param name="model">The model, which may say it too.</param>
    /// <exception cref="KerasException">A size is left open.</exception>
    public static Shape? OfInput(KerasEntry? first, KerasEntry model)
    {
        IEnumerable<JsonNode?> places = OfLayers.Select(name => first?.Config[name])
            .Append(model.Config["build_input_shape"])
            .Append((model.Json["build_config"] as JsonObject)?["input_shape"]);
        return places.OfType<JsonArray>().FirstOrDefault() is { Count: > 0 } sizes ? [.. sizes.Skip(1).Select(size => SizeOf(size, sizes, first ?? model))] : null;
    }

    private static int SizeOf(JsonNode? size, JsonArray sizes, KerasEntry entry) => size is JsonValue value && value.TryGetValue(out int number) && number is >= 0 and <= Largest
        ? number
        : throw new KerasException($"{entry.Label} (the shape {sizes.ToJsonString()} leaves a size open: give the shape of one input)");
}
