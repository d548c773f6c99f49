using Nabla.Layers;

namespace Nabla.Tests.Golden;

public sealed class GoldenRecurrentTests
{
    private static readonly GoldenCases Cases = new("recurrent")
    {
        FloatTolerance = 1e-5,
        ["simple rnn"] = Of(() => new SimpleRnn(5) { ReturnSequences = true }),
        ["simple rnn with rectifier"] = Of(() => new SimpleRnn(5, ActivationKind.Relu) { ReturnSequences = true }),
        ["lstm"] = Of(() => new Lstm(5) { ReturnSequences = true }),
        ["lstm backwards"] = Of(() => new Lstm(5) { ReturnSequences = true, GoBackwards = true }),
        ["gru"] = Of(() => new Gru(5) { ReturnSequences = true }),
        ["gru of two layers"] = Of(() => new Chain(new Gru(5) { ReturnSequences = true }, new Gru(5) { ReturnSequences = true })),
        ["lstm both ways"] = Of(() => new Bidirectional(new Lstm(5) { ReturnSequences = true })),
        ["lstm both ways, packed"] = x => Of(() => new Bidirectional(new Lstm(5) { ReturnSequences = true }), [6, 4])(x) * Alive(x[0].DataType),
        ["lstm from a state"] = x => FromState(new Lstm(64), x[..4], new RecurrentState(x[4], x[5])),
        ["gru from a state"] = x => FromState(new Gru(37), x[..5], new RecurrentState(x[5])),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Recurrent_layer_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_layer_has_its_golden_case() => Cases.VerifyComplete();

    // Behind the end of a sequence we keep its last state; libtorch fills up with zeros.
    private static Tensor Alive(DataType dataType) => Tensor.From([1f, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0], [2, 6, 1]).To(dataType);

    private static Func<Tensor[], Tensor> Of(Func<Layer> create, int[]? lengths = null) => x =>
        Built(create(), x).Forward(x[0], ForwardContext.Inference.WithLengths(lengths is null ? null : Tensor.From(lengths)));

    // The last states stand behind the sequences.
    private static Tensor FromState(RecurrentLayer layer, Tensor[] x, RecurrentState state)
    {
        (Tensor sequence, RecurrentState last) = Built(layer, x).Run(x[0], state);
        Tensor[] states = last.Cell is { } cells ? [last.Hidden, cells] : [last.Hidden];
        return ShapeOps.Concatenate(1, [sequence, .. states.Select(tensor => tensor.ExpandDimensions(1))]);
    }

    private static TLayer Built<TLayer>(TLayer layer, Tensor[] x)
        where TLayer : Layer
    {
        layer.Build([.. x[0].Shape.Skip(1)], RandomKey.FromSeed(1));
        layer.ConvertTo(x[0].DataType);
        foreach ((Parameter parameter, Tensor value) in layer.Parameters.Zip(x[1..]))
        {
            parameter.Value = value;
        }

        return layer;
    }
}
