using System.Text.Json.Nodes;

namespace Nabla.Keras.Layers;

/// <summary>What layers with a kernel have in common.</summary>
internal static class KerasKernels
{
    /// <summary>A layer with its activation, its bias and its penalties.</summary>
    public static KerasPart Of(KerasOptions options, string kind, params (string Name, JsonNode? Value)[] attributes)
    {
        (Nabla.Layers.ActivationKind activation, JsonObject? behind) = KerasActivations.Read(options);
        JsonObject layer = KerasLayers.Kind(
            kind, [.. attributes, ("activation", activation.ToString()), ("useBias", options.Flag("use_bias", true)), .. Regularizers(options)]);
        return behind is null ? new KerasPart(layer) : new KerasPart(layer, behind);
    }

    /// <summary>The penalties on the kernel and the bias.</summary>
    public static IEnumerable<(string Name, JsonNode? Value)> Regularizers(KerasOptions options) =>
        [("kernelRegularizer", Regularizer(options, "kernel_regularizer")), ("biasRegularizer", Regularizer(options, "bias_regularizer"))];

    private static JsonNode? Regularizer(KerasOptions options, string option)
    {
        if (options.Node(option) is not { } node)
        {
            return null;
        }

        KerasEntry entry = KerasEntry.Read(node);
        KerasOptions strengths = new(entry, input: null);
        (double first, double second) = (strengths.Number("l1", 0), strengths.Number("l2", 0));
        if (entry.ClassName is not ("L1" or "L2" or "L1L2"))
        {
            throw options.Wrong(option, "one of L1, L2, L1L2");
        }

        return first == 0 && second == 0 ? null : KerasLayers.Kind("L1L2", ("l1", first), ("l2", second));
    }
}
