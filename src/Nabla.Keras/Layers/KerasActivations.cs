using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Keras.Layers;

/// <summary>The names of Keras' activations.</summary>
internal static class KerasActivations
{
    private static readonly Dictionary<string, ActivationKind> Kinds = new()
    {
        ["linear"] = ActivationKind.Linear,
        ["relu"] = ActivationKind.Relu,
        ["softmax"] = ActivationKind.Softmax,
        ["sigmoid"] = ActivationKind.Sigmoid,
        ["tanh"] = ActivationKind.Tanh,
        ["elu"] = ActivationKind.Elu,
        ["selu"] = ActivationKind.Selu,
        ["softplus"] = ActivationKind.Softplus,
        ["silu"] = ActivationKind.Silu,
        ["swish"] = ActivationKind.Silu,
        ["gelu"] = ActivationKind.Gelu,
        ["mish"] = ActivationKind.Mish,
        ["hard_silu"] = ActivationKind.HardSwish,
        ["hard_swish"] = ActivationKind.HardSwish,
    };

    // Functions that are a layer of their own here.
    private static readonly Dictionary<string, Func<JsonObject>> Layers = new()
    {
        ["relu6"] = () => new JsonObject { ["kind"] = nameof(Rectifier), ["limit"] = 6 },
        ["leaky_relu"] = () => new JsonObject { ["kind"] = nameof(Rectifier), ["slope"] = 0.2 },
    };

    /// <summary>Keras' name of an activation; null when it has none that computes the same.</summary>
    public static string? NameOf(ActivationKind kind) => Kinds.Where(pair => pair.Value == kind).Select(pair => pair.Key).FirstOrDefault();

    /// <summary>The activation of a layer: a kind that goes with it, or a layer to put behind it.</summary>
    public static (ActivationKind Kind, JsonObject? Behind) Read(KerasOptions options, string option = "activation")
    {
        JsonNode? node = options.Node(option);
        string? name = node is null ? "linear" : KerasEntry.TextOf(node);
        // Functions that were given as objects are written with the module that they come from.
        if (node is JsonObject function && KerasEntry.TextOf(function["class_name"]) == "function" && !Foreign(function))
        {
            name = KerasEntry.TextOf(function["config"]);
        }

        return name is not null && Kinds.TryGetValue(name, out ActivationKind kind) ? (kind, null)
            : name is not null && Layers.TryGetValue(name, out Func<JsonObject>? layer) ? (ActivationKind.Linear, layer())
            : throw new KerasException($"{options.Entry.Label} ({option} {KerasEntry.Shown(node)} is none of {string.Join(", ", Kinds.Keys.Concat(Layers.Keys))})");
    }

    private static bool Foreign(JsonObject function) => KerasEntry.TextOf(function["module"]) is { } module
        && module is not ("builtins" or "keras.activations") && !module.StartsWith("keras.", StringComparison.Ordinal);
}
