using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Makes layers from what model files say of them.</summary>
internal static class LayerCatalogue
{
    private static readonly Dictionary<string, Func<JsonObject, Layer>> Kinds = new()
    {
        [nameof(Conv2D)] = json => new Conv2D(Integer(json, "filters"), Integer(json, "kernelSize"), Activation(json)),
        [nameof(Dense)] = json => new Dense(Integer(json, "units"), Activation(json)),
        [nameof(Dropout)] = json => new Dropout(Number(json, "rate")),
        [nameof(Flatten)] = _ => new Flatten(),
        [nameof(MaxPool2D)] = json => new MaxPool2D(Integer(json, "poolSize")),
    };

    /// <summary>A layer of a kind with its attributes.</summary>
    /// <exception cref="JsonException">There is no such kind, or an attribute is missing or wrong.</exception>
    public static Layer Create(string kind, JsonObject attributes) => Kinds.TryGetValue(kind, out Func<JsonObject, Layer>? create)
        ? create(attributes)
        : throw new JsonException($"expected one of the layers {string.Join(", ", Kinds.Keys)}, got '{kind}'");

    private static int Integer(JsonObject json, string name)
    {
        double value = Number(json, name);
        return value is >= 1 and <= 1 << 24 && value == Math.Floor(value)
            ? (int)value
            : throw new JsonException($"expected '{name}' to be a whole number from 1 to {1 << 24}, got {value}");
    }

    private static double Number(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue(out double number)
        ? number
        : throw new JsonException($"expected a number '{name}', got {json[name]?.ToJsonString() ?? "nothing"}");

    private static ActivationKind Activation(JsonObject json)
    {
        string name = json["activation"]?.ToString() ?? nameof(ActivationKind.Linear);
        return Enum.TryParse(name, out ActivationKind kind) && Enum.IsDefined(kind)
            ? kind
            : throw new JsonException($"expected one of the activations {string.Join(", ", Enum.GetNames<ActivationKind>())}, got '{name}'");
    }
}
