using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Keras.Layers;

/// <summary>A layer or model as a Keras configuration has it: its class, its name, its options, and what it is called on.</summary>
/// <param name="ClassName">The class, such as <c>Conv2D</c>.</param>
/// <param name="Name">The name, unique within its model.</param>
/// <param name="Config">The options.</param>
/// <param name="Json">The whole entry.</param>
internal sealed record KerasEntry(string ClassName, string Name, JsonObject Config, JsonObject Json)
{
    /// <summary>What errors call it.</summary>
    public string Label => $"{ClassName} '{Name}'";

    /// <exception cref="KerasException">It is no such entry, or of a class that is not Keras' own.</exception>
    public static KerasEntry Read(JsonNode? node)
    {
        JsonObject json = node as JsonObject ?? throw new KerasException($"expected a layer as an object, got {Shown(node)}");
        string className = TextOf(json["class_name"]) ?? throw new KerasException($"expected the 'class_name' of a layer, got {Shown(json["class_name"])}");
        // The first versions gave a Sequential's layers as its whole configuration.
        JsonObject config = json["config"] switch
        {
            JsonObject given => given,
            JsonArray layers => new JsonObject { ["layers"] = layers.DeepClone() },
            _ => throw new KerasException($"expected the 'config' of {className}, got {Shown(json["config"])}"),
        };
        string name = TextOf(config["name"]) ?? TextOf(json["name"]) ?? className;
        KerasEntry entry = new(className, name, config, json);
        string module = TextOf(json["module"]) ?? "keras";
        string registered = TextOf(json["registered_name"]) ?? string.Empty;
        bool own = (module == "keras" || module.StartsWith("keras.", StringComparison.Ordinal)) && !registered.Contains('>', StringComparison.Ordinal);
        return own ? entry : throw new KerasException($"{entry.Label} (a class of one's own, {(registered.Length > 0 ? registered : module)}, whose code is never run)");
    }

    /// <summary>The text of a node; null when it is none.</summary>
    public static string? TextOf(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>A node for an error.</summary>
    public static string Shown(JsonNode? node) => node?.ToJsonString() is not { } text ? "nothing" : text.Length > 80 ? $"{text[..80]}..." : text;
}
