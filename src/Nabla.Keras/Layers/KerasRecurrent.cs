using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Keras.Layers;

/// <summary>Recurrent layers.</summary>
internal static class KerasRecurrent
{
    public static JsonObject Lstm(KerasOptions options, bool reversed) => Gated(options, nameof(Nabla.Layers.Lstm), reversed);

    // Files from before the option was there have the reset gate before the product.
    public static JsonObject Gru(KerasOptions options, bool reversed) =>
        Gated(options, nameof(Nabla.Layers.Gru), reversed, ("resetAfter", options.Flag("reset_after", false)));

    public static JsonObject Simple(KerasOptions options, bool reversed)
    {
        (ActivationKind activation, JsonObject? behind) = Activation(options);
        options.Require("activation", behind is null && activation is ActivationKind.Tanh or ActivationKind.Relu, "tanh and relu are what there is");
        return Of(options, nameof(SimpleRnn), reversed, ("activation", activation.ToString()));
    }

    public static KerasPart Bidirectional(KerasOptions options)
    {
        KerasEntry forward = KerasEntry.Read(options.Node("layer"));
        KerasEntry backward = options.Node("backward_layer") is { } given ? KerasEntry.Read(given) : Turned(forward);
        string merge = options.Text("merge_mode") switch
        {
            "concat" => nameof(BidirectionalMerge.Concatenate),
            "sum" => nameof(BidirectionalMerge.Sum),
            "ave" => nameof(BidirectionalMerge.Average),
            "mul" => nameof(BidirectionalMerge.Multiply),
            _ => throw options.Wrong("merge_mode", "one of concat, sum, ave, mul"),
        };
        return new(KerasLayers.Kind(
            nameof(Nabla.Layers.Bidirectional),
            ("forward", Within(forward, options, reversed: false)),
            ("backward", Within(backward, options, reversed: true)),
            ("merge", merge)));
    }

    private static (ActivationKind Kind, JsonObject? Behind) Activation(KerasOptions options) =>
        options.Has("activation") ? KerasActivations.Read(options) : (ActivationKind.Tanh, null);

    private static KerasEntry Turned(KerasEntry forward)
    {
        JsonObject config = forward.Config.DeepClone().AsObject();
        config["go_backwards"] = true;
        return forward with { Config = config };
    }

    private static JsonObject Within(KerasEntry entry, KerasOptions outer, bool reversed)
    {
        KerasOptions options = new(entry, outer.Input);
        JsonObject layer = entry.ClassName switch
        {
            "LSTM" => Lstm(options, reversed),
            "GRU" => Gru(options, reversed),
            "SimpleRNN" => Simple(options, reversed),
            _ => throw new KerasException($"{outer.Entry.Label} (around {entry.Label}: LSTM, GRU and SimpleRNN are what there is)"),
        };
        options.Require("go_backwards", options.Flag("go_backwards", false) == reversed, "one layer goes forward, the other back");
        options.RequireNoOthers();
        return layer;
    }

    private static JsonObject Gated(KerasOptions options, string kind, bool reversed, params (string Name, JsonNode? Value)[] attributes)
    {
        (ActivationKind activation, JsonObject? behind) = Activation(options);
        options.Require("activation", behind is null && activation == ActivationKind.Tanh, "the fused layer has tanh");
        options.Require(
            "recurrent_activation",
            options.Has("recurrent_activation") && KerasEntry.TextOf(options.Node("recurrent_activation")) != "hard_sigmoid"
                && KerasActivations.Read(options, "recurrent_activation") == (ActivationKind.Sigmoid, null),
            "gates are sigmoid here, not its straight approximation");
        return Of(options, kind, reversed, attributes);
    }

    // Behind a layer that goes backwards Keras leaves the steps in reverse, this library at their places: within Bidirectional it is the same.
    private static JsonObject Of(KerasOptions options, string kind, bool reversed, params (string Name, JsonNode? Value)[] attributes)
    {
        options.Require("stateful", !options.Flag("stateful", false), "states begin with each sequence here");
        options.Require("return_state", !options.Flag("return_state", false), "a layer has one output here");
        options.Require("time_major", !options.Flag("time_major", false), "the batch comes first here");
        options.Require("zero_output_for_mask", !options.Flag("zero_output_for_mask", false), "there are no masks here");
        (bool sequences, bool backwards) = (options.Flag("return_sequences", false), options.Flag("go_backwards", false));
        options.Require("go_backwards", reversed || !backwards || !sequences, "steps come out in their own order here, not in reverse");
        options.Ignore("recurrent_regularizer", "recurrent_constraint");
        return KerasLayers.Kind(
            kind,
            [
                ("units", options.Integer("units")),
                .. attributes,
                ("useBias", options.Flag("use_bias", true)),
                ("returnSequences", sequences),
                ("goBackwards", backwards),
                ("dropout", options.Number("dropout", 0)),
                ("recurrentDropout", options.Number("recurrent_dropout", 0)),
                .. KerasKernels.Regularizers(options),
            ]);
    }
}
