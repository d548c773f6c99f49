using Nabla.Graphs;
using Nabla.Layers;

namespace Nabla.Onnx.Tests.Export;

/// <summary>A network or function that is exported, and inputs for it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Function">What it computes.</param>
/// <param name="ToBytes">Exports it.</param>
/// <param name="Inputs">Random inputs: for a batch, a share of the longest sequence, and a seed.</param>
/// <param name="Kinds">The kinds of layers in it.</param>
internal sealed record ExportCase(
    string Name, Func<Tensor[], Tensor[]> Function, Func<OnnxExportOptions, byte[]> ToBytes, Func<int, double, int, Tensor[]> Inputs, IReadOnlyList<string> Kinds)
{
    private const int Tokens = 5;

    /// <summary>The oldest operator set that can express it.</summary>
    public int OldestOpset { get; init; } = 13;

    /// <summary>How much the answers of others may differ.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Whether that is a difference of the numbers themselves; else those above 1 are compared by their size.</summary>
    public bool IsAbsolute { get; init; }

    /// <summary>The sizes at which a case is run: a batch, and the share of the longest sequence where shorter ones may come.</summary>
    public static IReadOnlyList<(int Batch, double Share)> Sizes { get; } = [(1, 1), (4, 0.6), (3, 1)];

    /// <summary>A network, its parameters at random.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="network">The network.</param>
    /// <param name="fixedTime">Whether it takes sequences of one length alone.</param>
    public static ExportCase Of(string name, Sequential network, bool fixedTime = true)
    {
        Randomize(network);
        return new(
            name, inputs => [network.Forward(inputs[0])], options => OnnxExport.ToBytes(network, options),
            (batch, share, seed) => [Input(network, batch, fixedTime ? 1 : share, seed)], [.. KindsOf(network).Distinct()]);
    }

    /// <summary>A layer.</summary>
    public static ExportCase Of(string name, Layer layer, params int[] sample) => Of(name, new Sequential(sample, seed: 1, layer), layer.InputType != DataType.Int32 || layer is not Embedding);

    /// <summary>A function of tensors.</summary>
    public static ExportCase Of(string name, Func<Tensor[], Tensor[]> function, GraphInput[] inputs, Func<int, Tensor[]> values) =>
        new(name, function, options => OnnxExport.ToBytes(function, inputs, options), (batch, _, _) => values(batch), []);

    /// <summary>By how much an answer differs from what is expected; infinite where it is no number.</summary>
    /// <exception cref="InvalidOperationException">It is of another type or shape.</exception>
    public double Difference(Tensor ours, Tensor theirs)
    {
        if (ours.Type != theirs.Type)
        {
            throw new InvalidOperationException($"{ours.Type} became {theirs.Type}");
        }

        (Tensor expected, Tensor actual) = (ours.To(DataType.Float64), theirs.To(DataType.Float64));
        Tensor unit = IsAbsolute ? Tensor.Scalar(1.0) : expected.Abs().Maximum(Tensor.Scalar(1.0));
        double largest = ((actual - expected).Abs() / unit).Max().ToDouble();
        return double.IsNaN(largest) ? double.PositiveInfinity : largest;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    // Not as it is built, since zeros and ones hide what is wrong.
    private static void Randomize(Sequential network)
    {
        foreach ((int index, Parameter parameter) in network.Parameters.Index())
        {
            Tensor random = RandomKey.FromSeed(index + 1).Normal(parameter.Type.Shape);
            double fan = Math.Sqrt(Math.Max(1, parameter.Type.Shape.Rank > 1 ? parameter.Type.Shape.Product(0, parameter.Type.Shape.Rank - 1) : 9));
            parameter.Value = parameter.Name == "variance" ? random.Abs() + 0.5 : random * (1 / fan);
        }
    }

    private static Tensor Input(Sequential network, int batch, double share, int seed)
    {
        RandomKey key = RandomKey.FromSeed(seed);
        if (network.InputType != DataType.Int32)
        {
            return key.Normal([batch, .. network.InputShape]);
        }

        int time = Math.Max(1, (int)Math.Round(network.InputShape[-1] * share));
        Shape shape = [batch, .. network.InputShape.SkipLast(1), time];
        Tensor tokens = key.Integers(shape, 1, Tokens);
        Tensor lengths = key.Fold(1).Integers([.. shape.SkipLast(1), 1], 1, time + 1);
        return Tensor.Range(time).Less(lengths).Where(tokens, 0);
    }

    private static IEnumerable<string> KindsOf(Module module) => module.Children.Values.SelectMany(KindsOf).Prepend(module.Kind);
}
