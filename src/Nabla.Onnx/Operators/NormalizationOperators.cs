using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Normalisations, dropout among them as it stands in a model that is used.</summary>
internal static class NormalizationOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["BatchNormalization"] = Batch,
        ["Dropout"] = Dropout,
        ["GroupNormalization"] = One(Group),
        ["InstanceNormalization"] = One(call => Instance(call[0], call[1], call[2], call.Number("epsilon", 1e-5f))),
        ["LayerNormalization"] = Layer,
        ["LpNormalization"] = One(Lp),
        ["LRN"] = One(LocalResponse),
        ["MeanVarianceNormalization"] = One(MeanVariance),
        ["RMSNormalization"] = One(RootMeanSquare),
    };

    private static Tensor?[] Batch(NodeCall call)
    {
        Tensor x = call[0];
        double epsilon = call.Number("epsilon", 1e-5f);
        (Tensor scale, Tensor bias, Tensor mean, Tensor variance) = (call[1], call[2], call[3], call[4]);
        bool training = call.Flag("training_mode");
        int[] others = [0, .. Enumerable.Range(2, Math.Max(0, x.Rank - 2))];
        if (!training)
        {
            return [Normalized(x, mean, variance)];
        }

        double momentum = call.Number("momentum", 0.9f);
        (Tensor ofBatch, Tensor varianceOfBatch) = (x.Mean(others), x.Variance(others));
        return
        [
            Normalized(x, ofBatch, varianceOfBatch),
            (mean * momentum) + (ofBatch * (1 - momentum)),
            (variance * momentum) + (varianceOfBatch * (1 - momentum)),
        ];

        Tensor Normalized(Tensor values, Tensor center, Tensor spread)
        {
            Tensor factor = scale / (spread + epsilon).Sqrt();
            return (values * factor.AlongChannels(values.Rank)) + (bias - (center * factor)).AlongChannels(values.Rank);
        }
    }

    // A model in use drops nothing.
    private static Tensor?[] Dropout(NodeCall call)
    {
        bool training = call.Optional(2) is { } flag && flag.IsKnown() && flag.ToDouble() != 0;
        double ratio = call.Optional(1) is { } given && given.IsKnown() ? given.ToDouble() : call.Number("ratio", 0.5);
        return training && ratio > 0
            ? throw call.NotSupported("drops elements at random, which a model that is read does not do")
            : [call[0], Tensor.Full(call[0].Shape, 1, DataType.Bool)];
    }

    private static Tensor Instance(Tensor x, Tensor scale, Tensor bias, double epsilon)
    {
        int[] axes = [.. Enumerable.Range(2, x.Rank - 2)];
        return (Standard(x, axes, epsilon) * scale.AlongChannels(x.Rank)) + bias.AlongChannels(x.Rank);
    }

    private static Tensor Standard(Tensor x, int[] axes, double epsilon)
    {
        Tensor centered = x - x.Mean(axes, keepDimensions: true);
        return centered / (centered.Square().Mean(axes, keepDimensions: true) + epsilon).Sqrt();
    }

    // Scale and bias were for groups before opset 21, and are for channels since.
    private static Tensor Group(NodeCall call)
    {
        Tensor x = call[0];
        int groups = (int)call.Int("num_groups", 1);
        Tensor grouped = x.Reshape(x.Shape[0], groups, -1);
        Tensor standard = Standard(grouped, [2], call.Number("epsilon", 1e-5f));
        return call.Opset < 21
            ? ((standard * call[1].AlongChannels(3)) + call[2].AlongChannels(3)).Reshape(x.Shape.AsSpan())
            : (standard.Reshape(x.Shape.AsSpan()) * call[1].AlongChannels(x.Rank)) + call[2].AlongChannels(x.Rank);
    }

    private static Tensor?[] Layer(NodeCall call)
    {
        Tensor x = call[0];
        int[] axes = [.. Enumerable.Range(call.Axis("axis", -1, x.Rank), x.Rank - call.Axis("axis", -1, x.Rank))];
        Tensor mean = x.Mean(axes, keepDimensions: true);
        Tensor centered = x - mean;
        Tensor inverse = (centered.Square().Mean(axes, keepDimensions: true) + call.Number("epsilon", 1e-5f)).Sqrt().Reciprocal();
        Tensor y = centered * inverse * call[1];
        return [call.Optional(2) is { } bias ? y + bias : y, mean, inverse];
    }

    private static Tensor RootMeanSquare(NodeCall call)
    {
        Tensor x = call[0];
        int axis = call.Axis("axis", -1, x.Rank);
        int[] axes = [.. Enumerable.Range(axis, x.Rank - axis)];
        return x / (x.Square().Mean(axes, keepDimensions: true) + call.Number("epsilon", 1e-5f)).Sqrt() * call[1];
    }

    private static Tensor Lp(NodeCall call)
    {
        Tensor x = call[0];
        int axis = call.Axis("axis", -1, x.Rank);
        Tensor norm = call.Int("p", 2) == 1 ? x.Abs().Sum([axis], keepDimensions: true) : x.Square().Sum([axis], keepDimensions: true).Sqrt();
        return norm.Equal(0.0).BroadcastTo(x.Shape).Where(Tensor.Zeros(x.Shape, x.DataType), x / norm);
    }

    // Each channel is divided by what its neighbours have (Krizhevsky et al., 2012).
    private static Tensor LocalResponse(NodeCall call)
    {
        Tensor x = call[0];
        int size = (int)call.Int("size", 1);
        int before = (size - 1) / 2;
        Tensor squares = x.Square().Pad(1, before, size - 1 - before);
        Tensor sum = Enumerable.Range(0, size).Select(shift => squares.Slice(1, shift, x.Shape[1])).Aggregate((left, right) => left + right);
        return x / ((sum * (call.Number("alpha", 1e-4f) / size)) + call.Number("bias", 1)).Pow(call.Number("beta", 0.75));
    }

    private static Tensor MeanVariance(NodeCall call)
    {
        int[] axes = call.Ints("axes") ?? [0, 2, 3];
        Tensor x = call[0];
        Tensor centered = x - x.Mean(axes, keepDimensions: true);
        return centered / ((x.Square().Mean(axes, keepDimensions: true) - x.Mean(axes, keepDimensions: true).Square()).Sqrt() + 1e-9);
    }
}
