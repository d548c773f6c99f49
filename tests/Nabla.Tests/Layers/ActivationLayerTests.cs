using Nabla.Layers;
using Nabla.Layers.Initializers;

namespace Nabla.Tests.Layers;

public sealed class ActivationLayerTests
{
    [Fact]
    public void An_activation_layer_applies_its_function()
    {
        Activation layer = LayerCheck.Built(new Activation(ActivationKind.Tanh), [3]);
        Assert.Equal([Math.Tanh(0.5), Math.Tanh(-1), 0], layer.Forward(Tensor.From([0.5, -1.0, 0.0], [1, 3])).ToArray<double>());
    }

    [Fact]
    public void The_slope_of_a_channel_is_learnt()
    {
        PRelu layer = LayerCheck.Built(new PRelu(), [2]);
        layer.Parameters[0].Value = Tensor.From(0.5, 2.0);
        Assert.Equal([-0.5, -2, 3, 4], layer.Forward(Tensor.From([-1.0, -1.0, 3.0, 4.0], [2, 2])).ToArray<double>());
        LayerCheck.Verify(new PRelu { SlopeInitializer = new RandomUniform(0.1, 0.5) }, [2, 3]);
    }

    [Fact]
    public void A_rectifier_has_a_slope_a_limit_and_a_threshold()
    {
        Tensor input = Tensor.From([-2.0, 0.5, 3, 8], [1, 4]);
        double[] Use(Layer layer) => LayerCheck.Built(layer, [4]).Forward(input).ToArray<double>();
        Assert.Equal([0.0, 0.5, 3, 8], Use(new Rectifier()));
        Assert.Equal([0.0, 0.5, 3, 6], Use(new Rectifier(limit: 6)));
        Assert.Equal([-0.5, 0.5, 3, 8], Use(new Rectifier(slope: 0.25)));
        Assert.Equal([-0.75, -0.125, 3, 6], Use(new Rectifier(0.25, 6, 1)));
        Assert.Equal([0.5 * (Math.Exp(-2) - 1), 0.5, 3, 8], Use(new Elu(0.5)));
        Assert.Equal([-2.0, -0.75, 0.5, 3], Use(new Rescaling(0.5, -1)));
        LayerCheck.Verify(new Rectifier(0.25, 0.7, 0.1), [3]);
        LayerCheck.Verify(new Elu(0.5), [3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rectifier(limit: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rectifier(slope: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rescaling(double.NaN));
    }

    [Fact]
    public void Every_activation_has_a_name_and_keeps_the_shape()
    {
        Tensor input = Ops.GradientCheck.Random([2, 3], 1);
        Assert.All(Enum.GetValues<ActivationKind>(), kind => Assert.Equal(input.Shape, kind.Apply(input).Shape));
        float[] linear = ActivationKind.Linear.Apply(input).To(DataType.Float32).ToArray<float>();
        Assert.All(
            Enum.GetValues<ActivationKind>().Where(kind => kind != ActivationKind.Linear),
            kind => Assert.NotEqual(linear, kind.Apply(input).To(DataType.Float32).ToArray<float>()));
    }
}
