using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Keras.Layers;

/// <summary>Normalisations, with Keras' defaults where nothing is said.</summary>
internal static class KerasNormalizations
{
    private const double UsualEpsilon = 1e-3;

    public static KerasPart Batch(KerasOptions options)
    {
        options.Require("renorm", !options.Flag("renorm", false), "batch renormalisation is not there");
        options.Ignore("virtual_batch_size", "adjustment", "beta_regularizer", "gamma_regularizer", "renorm_momentum", "renorm_clipping");
        return new(Of(KerasLayers.LastAxis(options), nameof(BatchNorm), ("momentum", options.Number("momentum", 0.99))));
    }

    public static KerasPart Layer(KerasOptions options)
    {
        options.Require("rms_scaling", !options.Flag("rms_scaling", false), "use RMSNormalization");
        options.Ignore("beta_regularizer", "gamma_regularizer");
        return new(Of(KerasLayers.LastAxis(options), nameof(LayerNorm)));
    }

    public static KerasPart Group(KerasOptions options)
    {
        int groups = options.Integer("groups", 32);
        options.Ignore("beta_regularizer", "gamma_regularizer");
        return new(Of(KerasLayers.LastAxis(options), nameof(GroupNorm), ("groups", groups == -1 ? options.Input?[-1] ?? 1 : groups)));
    }

    public static KerasPart Rms(KerasOptions options) =>
        new(KerasLayers.Kind(nameof(RmsNorm), ("epsilon", KerasLayers.LastAxis(options).Number("epsilon", 1e-6))));

    private static JsonObject Of(KerasOptions options, string kind, params (string Name, JsonNode? Value)[] attributes) => KerasLayers.Kind(
        kind,
        [
            .. attributes,
            ("epsilon", options.Number("epsilon", UsualEpsilon)),
            ("useScale", options.Flag("scale", true)),
            ("useBias", options.Flag("center", true)),
        ]);
}
