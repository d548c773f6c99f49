using Nabla.Onnx.Protos;
using static Nabla.Conformance.Runtime.CaseParts;

namespace Nabla.Conformance.Runtime;

/// <summary>Recurrent operators in both directions, with lengths, first states, peepholes, limits, and activations with numbers of their own.</summary>
internal static class RecurrentCases
{
    private const int Time = 5;
    private const int Batch = 3;
    private const int Inputs = 4;
    private const int Size = 2;

    public static IEnumerable<RuntimeCase> All()
    {
        foreach (string direction in new[] { "forward", "reverse", "bidirectional" })
        {
            yield return Of($"lstm_{direction}", "LSTM", 4, 3, Directions(direction), lengths: true, states: true);
            yield return Of($"gru_{direction}", "GRU", 3, 2, Directions(direction), lengths: true, states: true);
            yield return Of($"gru_linear_before_reset_{direction}", "GRU", 3, 2, [.. Directions(direction), Int("linear_before_reset", 1)], lengths: true, states: true);
            yield return Of($"rnn_{direction}", "RNN", 1, 2, Directions(direction), lengths: true, states: true);
        }

        yield return Of("lstm_peepholes", "LSTM", 4, 3, Directions("bidirectional"), lengths: false, states: true, peepholes: true);
        yield return Of("lstm_clip", "LSTM", 4, 3, [Number("clip", 0.4f)], lengths: false, states: true);
        yield return Of("gru_clip", "GRU", 3, 2, [Number("clip", 0.3f)], lengths: false, states: true);
        yield return Of("rnn_clip", "RNN", 1, 2, [Number("clip", 0.5f)], lengths: false, states: true);
        yield return Of("lstm_activations", "LSTM", 4, 3, [Texts("activations", "HardSigmoid", "LeakyRelu", "Softsign"), Numbers("activation_alpha", 0.15f, 0.3f), Numbers("activation_beta", 0.45f)], lengths: false, states: true);
        yield return Of("lstm_activations_numbers_of_one", "LSTM", 4, 3, [Texts("activations", "Sigmoid", "LeakyRelu", "Tanh"), Numbers("activation_alpha", 0.2f)], lengths: false, states: false);
        yield return Of("gru_activations", "GRU", 3, 2, [.. Directions("bidirectional"), Texts("activations", "HardSigmoid", "Relu", "Sigmoid", "Elu"), Numbers("activation_alpha", 0.25f, 0.7f), Numbers("activation_beta", 0.4f)], lengths: false, states: false);
        yield return Of("rnn_activation_affine", "RNN", 1, 2, [Texts("activations", "Affine"), Numbers("activation_alpha", 0.5f), Numbers("activation_beta", 0.1f)], lengths: false, states: false);
        yield return Of("rnn_activation_scaled_tanh", "RNN", 1, 2, [Texts("activations", "ScaledTanh"), Numbers("activation_alpha", 0.8f), Numbers("activation_beta", 0.6f)], lengths: false, states: false);
        yield return Of("rnn_activation_thresholded", "RNN", 1, 2, [Texts("activations", "ThresholdedRelu"), Numbers("activation_alpha", 0.3f)], lengths: false, states: false);
        yield return Of("rnn_activation_softplus", "RNN", 1, 2, [Texts("activations", "Softplus")], lengths: false, states: false);
        yield return Of("lstm_no_bias", "LSTM", 4, 3, [], lengths: true, states: false, bias: false);
    }

    private static AttributeProto[] Directions(string direction) => [Word("direction", direction)];

    private static RuntimeCase Of(
        string name, string type, int gates, int outputs, AttributeProto[] attributes, bool lengths, bool states, bool peepholes = false, bool bias = true)
    {
        int directions = Array.Exists(attributes, attribute => attribute.S.ToStringUtf8() == "bidirectional") ? 2 : 1;
        TensorProto? State(string state) => states ? Floats(state, directions, Batch, Size) : null;
        List<TensorProto?> inputs =
        [
            Floats("x", Time, Batch, Inputs),
            Floats("wx", directions, gates * Size, Inputs),
            Floats("wh", directions, gates * Size, Size),
            bias ? Floats("wb", directions, 2 * gates * Size) : null,
            lengths ? Int32("lengths", 5, 2, 4) : null,
            State("h"),
        ];
        if (type == "LSTM")
        {
            inputs.AddRange([State("c"), peepholes ? Floats("wp", directions, 3 * Size) : null]);
        }

        return new RuntimeCase(name, 14, type, outputs, [.. inputs.Reverse<TensorProto?>().SkipWhile(input => input is null).Reverse()], [Int("hidden_size", Size), .. attributes]);
    }
}
