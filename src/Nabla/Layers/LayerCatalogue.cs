using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Says in JSON what layers are, and makes them again from that. A kind of layer is one entry here and its <see cref="Layer.Describe"/>.</summary>
internal static class LayerCatalogue
{
    private static readonly Dictionary<string, Func<JsonAttributes, Layer>> Kinds = new()
    {
        [nameof(Chain)] = json => new Chain(json.Layers("layers")),
        [nameof(Conv2D)] = json => new Conv2D(json.Integer("filters"), json.Integer("kernelSize"), json.Activation()),
        [nameof(Dense)] = json => new Dense(json.Integer("units"), json.Activation()),
        [nameof(Dropout)] = json => new Dropout(json.Number("rate")),
        [nameof(Flatten)] = _ => new Flatten(),
        [nameof(MaxPool2D)] = json => new MaxPool2D(json.Integer("poolSize")),
    };

    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyCollection<string> Names => Kinds.Keys;

    /// <summary>The kind and the attributes of a layer; those that are as usual are left out.</summary>
    /// <exception cref="ArgumentException">The layer is of no kind that model files know, or layers stand too deep within each other.</exception>
    public static JsonObject Describe(Layer layer)
    {
        if (!Kinds.ContainsKey(layer.Kind))
        {
            throw new ArgumentException($"{layer.Label} cannot be saved: model files know the layers {string.Join(", ", Kinds.Keys)}.");
        }

        if (DepthOf(layer) > LayerBudget.Depth)
        {
            throw new ArgumentException($"{layer.Label} cannot be saved: model files hold layers within layers at most {LayerBudget.Depth} deep.");
        }

        JsonObject description = new() { ["kind"] = layer.Kind };
        foreach ((string name, JsonNode? value) in layer.DescribeOptions().Concat(layer.Describe()).Where(pair => pair.Value is not null))
        {
            description[name] = value!.DeepClone();
        }

        return description;
    }

    /// <summary>Layers as they were described.</summary>
    /// <exception cref="JsonException">There is no such kind, or an attribute is missing, wrong or unknown.</exception>
    /// <exception cref="ArgumentException">The attributes do not fit together.</exception>
    public static Layer[] Create(IEnumerable<JsonObject> descriptions)
    {
        LayerBudget budget = new();
        return [.. descriptions.Select(description => Create(new JsonAttributes(description, budget)))];
    }

    /// <summary>A layer as it was described.</summary>
    /// <inheritdoc cref="Create(IEnumerable{JsonObject})"/>
    public static Layer Create(JsonAttributes attributes)
    {
        if (!Kinds.TryGetValue(attributes.Kind, out Func<JsonAttributes, Layer>? create))
        {
            throw new JsonException($"expected one of the layers {string.Join(", ", Kinds.Keys)}, got '{attributes.Kind}'");
        }

        attributes.CountLayer();
        Layer layer = create(attributes);
        layer.Restore(attributes);
        attributes.RequireNoOthers();
        return layer;
    }

    private static int DepthOf(Module module) => module.Children.Count == 0 ? 0 : 1 + module.Children.Values.Max(DepthOf);
}
