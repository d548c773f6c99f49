using Nabla.Layers;

namespace Nabla.Tests.Golden;

public sealed class GoldenRecurrentTests
{
    private static readonly GoldenCases Cases = new("recurrent")
    {
        FloatsOnly = true,
        ["simple rnn"] = Of(() => new SimpleRnn(5) { ReturnSequences = true }),
        ["simple rnn with rectifier"] = Of(() => new SimpleRnn(5, ActivationKind.Relu) { ReturnSequences = true }),
        ["lstm"] = Of(() => new Lstm(5) { ReturnSequences = true }),
        ["lstm backwards"] = Of(() => new Lstm(5) { ReturnSequences = true, GoBackwards = true }),
        ["gru"] = Of(() => new Gru(5) { ReturnSequences = true }),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Recurrent_layer_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_layer_has_its_golden_case() => Cases.VerifyComplete();

    private static Func<Tensor[], Tensor> Of(Func<Layer> create) => x =>
    {
        Layer layer = create();
        layer.Build([.. x[0].Shape.Skip(1)], RandomKey.FromSeed(1));
        foreach ((Parameter parameter, Tensor value) in layer.Parameters.Zip(x[1..]))
        {
            parameter.Value = value;
        }

        return layer.Forward(x[0]);
    };
}
