using Nabla.Layers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Layers;

public sealed class RecurrentLayerTests
{
    public static TheoryData<Layer> Layers => new()
    {
        new SimpleRnn(2),
        new SimpleRnn(2) { ReturnSequences = true, UseBias = false },
        new Lstm(2) { GoBackwards = true },
        new Gru(2) { ReturnSequences = true, UseBias = false },
        new Gru(2) { GoBackwards = true },
        new Chain(new Lstm(2) { ReturnSequences = true }, new Gru(1)),
        new Concatenated(new Lstm(1) { ReturnSequences = true }, new Lstm(1) { ReturnSequences = true, GoBackwards = true }),
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void Shapes_and_gradients_are_right(Layer layer) => LayerCheck.Verify(layer, [3, 2], batch: 2);

    [Fact]
    public void A_sequence_in_two_parts_gives_what_it_gives_as_one()
    {
        Lstm layer = LayerCheck.Built(new Lstm(3), [4, 2]);
        Tensor input = GradientCheck.Random([2, 4, 2], 1);
        RecurrentOutput whole = layer.Run(input);
        RecurrentOutput begin = layer.Run(input.Slice(1, 0, 1));
        RecurrentOutput rest = layer.Run(input.Slice(1, 1, 3), begin.State);
        Assert.Equal(whole.State.Hidden.ToArray<double>(), rest.State.Hidden.ToArray<double>());
        Assert.Equal(whole.State.Cell!.ToArray<double>(), rest.State.Cell!.ToArray<double>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_padded_sequence_gives_what_it_gives_alone(bool backwards)
    {
        Gru layer = LayerCheck.Built(new Gru(3) { GoBackwards = backwards }, [4, 2]);
        Tensor input = GradientCheck.Random([2, 4, 2], 1);
        RecurrentOutput padded = layer.Run(input, lengths: Tensor.From([4, 2]));
        RecurrentOutput alone = layer.Run(input.Slice(0, 1, 1).Slice(1, 0, 2));
        double[] expected = alone.State.Hidden.ToArray<double>();
        double[] actual = padded.State.Hidden[1].ToArray<double>();
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void Wrong_inputs_and_options_are_refused()
    {
        Lstm layer = LayerCheck.Built(new Lstm(3), [4, 2]);
        LayerCheck.Refuses<ArgumentException>("expects [batch, time, 2] but got [1, 4, 3].", () => layer.Forward(Tensor.Ones([1, 4, 3], DataType.Float64)));
        LayerCheck.Refuses<ArgumentException>("expects [batch, time, features] but got [batch, 4]", () => new Gru(3).OutputShape([4]));
        LayerCheck.Refuses<ArgumentException>("expects the activation Tanh or Relu but got Elu.", () => _ = new SimpleRnn(3, ActivationKind.Elu));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lstm(0));
    }
}
