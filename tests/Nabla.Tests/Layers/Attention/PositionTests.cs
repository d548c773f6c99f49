using Nabla.Layers;
using Nabla.Layers.Initializers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Layers.Attention;

public sealed class PositionTests
{
    [Fact]
    public void Shapes_and_gradients_are_right()
    {
        LayerCheck.Verify(new LearnedPositions(7), [5, 3], batch: 2);
        LayerCheck.Verify(new SinusoidalPositions { ScalesInput = true }, [5, 3], batch: 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sines_and_cosines_take_turns_along_the_features(bool scales)
    {
        SinusoidalPositions layer = LayerCheck.Built(new SinusoidalPositions { ScalesInput = scales }, [6, 5]);
        Tensor input = GradientCheck.Random([2, 6, 5], 1);
        double[] expected = input.ToArray<double>();
        for (int index = 0; index < expected.Length; index++)
        {
            (int feature, int step) = (index % 5, index / 5 % 6);
            double angle = step / Math.Pow(10_000, 2 * (feature / 2) / 5.0);
            expected[index] = (expected[index] * (scales ? Math.Sqrt(5) : 1)) + (feature % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
        }

        Attended.AssertClose(expected, layer.Forward(input).ToArray<double>());
    }

    [Fact]
    public void Each_place_has_its_learnt_vector()
    {
        LearnedPositions layer = LayerCheck.Built(new LearnedPositions(7) { PositionsInitializer = new RandomNormal() }, [5, 3]);
        Tensor table = layer.State()["positions"];
        Assert.Equal([7, 3], table.Shape);
        Tensor input = GradientCheck.Random([2, 4, 3], 1);
        Attended.AssertClose((input[1, 2] + table[2]).ToArray<double>(), layer.Forward(input)[1, 2].ToArray<double>());
    }

    [Fact]
    public void Places_go_on_behind_earlier_passes()
    {
        Tensor input = GradientCheck.Random([2, 6, 4], 1);
        foreach (Layer layer in new Layer[] { new LearnedPositions(6), new SinusoidalPositions() })
        {
            LayerCheck.Built(layer, [6, 4]);
            Attended.AssertClose(layer.Forward(input).ToArray<double>(), Attended.InParts(layer, input, 2, 1, 3).ToArray<double>());
        }
    }

    [Fact]
    public void Sequences_longer_than_the_places_are_refused()
    {
        LayerCheck.Refuses<ArgumentException>("of at most 4 steps but got [batch, 5, 3].", () => new LearnedPositions(4).OutputShape([5, 3]));
        LearnedPositions layer = LayerCheck.Built(new LearnedPositions(4), [4, 3]);
        DecodingState state = new();
        state.Advance(3);
        LayerCheck.Refuses<ArgumentException>(
            "of at most 4 steps, 3 of them before, but got [1, 2, 3].",
            () => layer.Forward(Tensor.Ones([1, 2, 3], DataType.Float64), ForwardContext.Inference.WithState(state)));
    }
}
