using Nabla.Layers;

namespace Nabla.Keras.Weights;

/// <summary>The weights of each kind of layer, in the order in which Keras has them.</summary>
internal static class KerasVariables
{
    private static readonly string[] Products = ["query", "key", "value"];

    /// <summary>The weights of a layer, built or not; none for a layer without weights.</summary>
    public static IReadOnlyList<KerasVariable> Of(Layer layer) => layer switch
    {
        Bidirectional both => [.. Recurrent(both.ForwardLayer, "forward_layer/", "forward."), .. Recurrent(both.BackwardLayer, "backward_layer/", "backward.")],
        RecurrentLayer recurrent => Recurrent(recurrent, string.Empty, string.Empty),
        SeparableConv2D separable => Biased(separable, "depthwise_kernel", "pointwise_kernel"),
        KernelLayer kernel => Biased(kernel, "kernel"),
        BatchNorm batch => [.. Normalization(batch), new(string.Empty, "moving_mean", "mean"), new(string.Empty, "moving_variance", "variance")],
        RmsNorm { UseBias: false } => [new(string.Empty, "scale", "scale")],
        NormalizationLayer normalization => Normalization(normalization),
        Embedding => [new(string.Empty, "embeddings", "embeddings")],
        PRelu prelu => [Slopes(prelu)],
        MultiHeadAttention attention => Attention(attention),
        _ => [],
    };

    private static KerasVariable[] Biased(KernelLayer layer, params string[] kernels) =>
        [.. kernels.Select(kernel => new KerasVariable(string.Empty, kernel, kernel)), .. layer.UseBias ? [new KerasVariable(string.Empty, "bias", "bias")] : Array.Empty<KerasVariable>()];

    private static KerasVariable[] Normalization(NormalizationLayer layer) =>
    [
        .. layer.UseScale ? [new KerasVariable(string.Empty, "gamma", "scale")] : Array.Empty<KerasVariable>(),
        .. layer.UseBias ? [new KerasVariable(string.Empty, "beta", "bias")] : Array.Empty<KerasVariable>(),
    ];

    private static KerasVariable[] Recurrent(RecurrentLayer layer, string holder, string prefix)
    {
        string cell = $"{holder}cell";
        KerasVariable kernel = new(cell, "kernel", $"{prefix}kernel");
        KerasVariable recurrent = new(cell, "recurrent_kernel", $"{prefix}recurrentKernel");
        if (layer is Gru)
        {
            (kernel, recurrent) = (Turned(kernel), Turned(recurrent));
        }

        return layer.UseBias ? [kernel, recurrent, Bias(layer, cell, prefix)] : [kernel, recurrent];
    }

    // Keras has two rows, for the input's product and for the recurrent one, where the reset gate stands behind that.
    private static KerasVariable Bias(RecurrentLayer layer, string cell, string prefix) => layer switch
    {
        Gru { ResetAfter: true } => new(cell, "bias", $"{prefix}bias", $"{prefix}recurrentBias")
        {
            Split = rows => [Turn(rows.Slice(0, 0, 1).Squeeze(0)), Turn(rows.Slice(0, 1, 1).Squeeze(0))],
            Join = values => ShapeOps.Stack(0, [.. values.Select(Turn)]),
        },
        Gru => Turned(new(cell, "bias", $"{prefix}bias")),
        _ => new(cell, "bias", $"{prefix}bias"),
    };

    private static KerasVariable Turned(KerasVariable variable) => variable with { Split = value => [Turn(value)], Join = values => Turn(values[0]) };

    // Keras has the update gate before the reset gate.
    private static Tensor Turn(Tensor value)
    {
        int units = value.Shape[-1] / 3;
        return ShapeOps.Concatenate(-1, value.Slice(-1, units, units), value.Slice(-1, 0, units), value.Slice(-1, 2 * units, units));
    }

    // Keras keeps an axis of one for each axis that shares slopes.
    private static KerasVariable Slopes(PRelu layer) => new(string.Empty, "alpha", "slope")
    {
        Split = value => [value.Reshape(value.ElementCount)],
        Join = values => values[0].Reshape([.. Enumerable.Repeat(1, (layer.InputShape?.Rank ?? 1) - 1), values[0].ElementCount]),
    };

    private static KerasVariable[] Attention(MultiHeadAttention layer)
    {
        List<KerasVariable> variables = [];
        foreach (string product in Products)
        {
            variables.Add(new($"{product}_dense", "kernel", $"{product}.kernel")
            {
                Split = value => [value.Reshape(value.Shape[0], value.ElementCount / Math.Max(1, value.Shape[0]))],
                Join = values => values[0].Reshape(values[0].Shape[0], layer.Heads, values[0].Shape[1] / layer.Heads),
            });
            variables.AddRange(layer.UseBias ? [new($"{product}_dense", "bias", $"{product}.bias")
            {
                Split = value => [value.Reshape(value.ElementCount)],
                Join = values => values[0].Reshape(layer.Heads, values[0].ElementCount / layer.Heads),
            }] : Array.Empty<KerasVariable>());
        }

        variables.Add(new("output_dense", "kernel", "output.kernel")
        {
            Split = value => [value.Reshape(value.ElementCount / Math.Max(1, value.Shape[-1]), value.Shape[-1])],
            Join = values => values[0].Reshape(layer.Heads, values[0].Shape[0] / layer.Heads, values[0].Shape[1]),
        });
        variables.AddRange(layer.UseBias ? [new("output_dense", "bias", "output.bias")] : Array.Empty<KerasVariable>());
        return [.. variables];
    }
}
