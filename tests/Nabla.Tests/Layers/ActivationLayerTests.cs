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
