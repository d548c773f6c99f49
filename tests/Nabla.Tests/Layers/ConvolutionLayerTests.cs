using Nabla.Layers;
using Nabla.Layers.Initializers;
using Nabla.Layers.Regularizers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Layers;

public sealed class ConvolutionLayerTests
{
    [Fact]
    public void Convolutions_have_the_gradient_of_differences()
    {
        LayerCheck.Verify(new Conv1D(4, 2, ActivationKind.Tanh, 2, new Padding(1, 0), 2, 2), [6, 2], batch: 2);
        LayerCheck.Verify(new Conv2D(4, (2, 3), ActivationKind.Relu, (2, 1), Padding.Same, 1, 2), [4, 4, 2], batch: 2);
        LayerCheck.Verify(new Conv2D(2, 2, ActivationKind.Sigmoid) { UseBias = false }, [3, 3, 2], batch: 2);
        LayerCheck.Verify(new Conv2DTranspose(2, 3, ActivationKind.Relu, 2, 1, 1), [2, 3, 2], batch: 2);
        LayerCheck.Verify(new DepthwiseConv2D(2, 2, ActivationKind.Relu, 1, Padding.Same), [3, 3, 2], batch: 2);
        LayerCheck.Verify(new SeparableConv2D(3, 2, ActivationKind.Relu, 1, Padding.Same, 1, 2), [3, 3, 2], batch: 2);
    }

    [Fact]
    public void A_convolution_computes_the_functional_op_with_its_options()
    {
        Conv2D layer = LayerCheck.Built(new Conv2D(6, (3, 2), ActivationKind.Tanh, (2, 1), new Padding(1, 0, 2, 1), (1, 2), 3) { BiasInitializer = new RandomNormal() }, [7, 6, 3]);
        Tensor input = GradientCheck.Random([2, 7, 6, 3], 1);
        Tensor kernel = layer.State()["kernel"];
        Tensor expected = input.Conv2D(kernel, layer.State()["bias"], (2, 1), new Padding(1, 0, 2, 1), (1, 2), 3).Tanh();
        Assert.Equal([3, 2, 1, 6], kernel.Shape);
        Assert.Equal(expected.ToArray<double>(), layer.Forward(input).ToArray<double>());
    }

    [Fact]
    public void Parameters_have_the_shapes_of_the_field()
    {
        AssertParameters(new Conv1D(6, 5, groups: 2), [9, 4], ("kernel", [5, 2, 6]), ("bias", [6]));
        AssertParameters(new Conv2DTranspose(6, (5, 3)), [9, 9, 4], ("kernel", [5, 3, 6, 4]), ("bias", [6]));
        AssertParameters(new DepthwiseConv2D((5, 3), 2), [9, 9, 4], ("kernel", [5, 3, 4, 2]), ("bias", [8]));
        AssertParameters(
            new SeparableConv2D(6, (5, 3), multiplier: 2), [9, 9, 4], ("depthwise_kernel", [5, 3, 4, 2]), ("pointwise_kernel", [1, 1, 8, 6]), ("bias", [6]));
        AssertParameters(new Conv2D(6, 3) { UseBias = false, KernelRegularizer = new L2(0.1) }, [9, 9, 4], ("kernel", [3, 3, 4, 6]));
    }

    [Fact]
    public void Shapes_and_costs_follow_from_the_input()
    {
        Conv2D layer = new(8, 3, stride: 2, padding: Padding.Same, groups: 2);
        Assert.Equal([4, 3, 8], layer.OutputShape([7, 6, 4]));
        Assert.Equal(4 * 3 * 8 * 9 * 2, layer.MultiplyAdds([7, 6, 4]));
        Assert.Equal([14, 9, 8], new Conv2DTranspose(8, 3, ActivationKind.Linear, (2, 1), Padding.Same).OutputShape([7, 9, 4]));
        Assert.Equal(7 * 9 * 4 * 9 * 8, new Conv2DTranspose(8, 3, ActivationKind.Linear, (2, 1), Padding.Same).MultiplyAdds([7, 9, 4]));
        Assert.Equal([5, 4, 8], new DepthwiseConv2D(3, 2).OutputShape([7, 6, 4]));
        Assert.Equal(5 * 4 * 8 * 9, new DepthwiseConv2D(3, 2).MultiplyAdds([7, 6, 4]));
        Assert.Equal(5 * 4 * ((4 * 9) + (4 * 10)), new SeparableConv2D(10, 3).MultiplyAdds([7, 6, 4]));
        Assert.Equal([6, 8], new Conv1D(8, 3, padding: new Padding(1, 0)).OutputShape([7, 4]));
        Assert.Equal(6 * 8 * 3 * 4, new Conv1D(8, 3, padding: new Padding(1, 0)).MultiplyAdds([7, 4]));
    }

    [Fact]
    public void Wrong_inputs_are_named()
    {
        AssertError("[batch, height, width, channels]", "[batch, 5]", () => new Conv2D(2, 3).OutputShape([5]));
        AssertError("a kernel of 3 x 3", "[batch, 2, 5, 1]", () => new Conv2D(2, 3).OutputShape([2, 5, 1]));
        AssertError("a multiple of 2 channels", "[batch, 5, 5, 3]", () => new Conv2D(2, 3, groups: 2).OutputShape([5, 5, 3]));
        AssertError("a kernel of 3 ", "[batch, 2, 5]", () => new Conv1D(2, 3).OutputShape([2, 5]));
        AssertError("[batch, height, width, 4]", "[1, 5, 5, 3]", () => LayerCheck.Built(new Conv2D(2, 3), [5, 5, 4]).Forward(Tensor.Zeros([1, 5, 5, 3])));
        AssertError("[batch, time, 4]", "[1, 5, 3]", () => LayerCheck.Built(new Conv1D(2, 3), [5, 4]).Forward(Tensor.Zeros([1, 5, 3])));
        AssertError("output padding", "stride 1 x 1", () => new Conv2DTranspose(2, 3, outputPadding: 1).OutputShape([5, 5, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2D(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2D(1, (0, 3)));
        Assert.Throws<ArgumentException>(() => new Conv2D(1, 3, stride: 0));
        Assert.Throws<ArgumentException>(() => new Conv1D(1, 3, dilation: 0));
        Assert.Throws<ArgumentException>(() => new DepthwiseConv2D(3, padding: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SeparableConv2D(1, 3, multiplier: 0));
    }

    [Theory]
    [InlineData(ActivationKind.Relu, true)]
    [InlineData(ActivationKind.Linear, false)]
    [InlineData(ActivationKind.Tanh, true)]
    public void A_convolution_before_a_pooling_gives_what_it_gives_alone(ActivationKind activation, bool useBias)
    {
        Sequential network = new([9, 8, 2], seed: 1, new Conv2D(3, 3, activation, padding: 1) { UseBias = useBias }, new MaxPool2D(2), new Flatten());
        network.ConvertTo(DataType.Float64);
        Tensor input = GradientCheck.Random([2, 9, 8, 2], 3);
        List<Module> seen = [];
        Tensor observed = network.Forward(input, new ForwardContext(training: false, default) { Observer = new ModuleRecorder(seen) });
        Assert.Equal(4, seen.Count);
        Assert.Equal(observed.ToArray<double>(), network.Forward(input).ToArray<double>());
        Parameter[] parameters = [.. network.Parameters];
        GradientCheck.Verify(
            variables =>
            {
                for (int index = 0; index < parameters.Length; index++)
                {
                    parameters[index].Value = variables[index];
                }

                return network.Forward(input);
            },
            [.. parameters.Select(parameter => parameter.Value)]);
    }

    private static void AssertParameters(Layer layer, Shape sample, params (string Name, int[] Shape)[] expected)
    {
        layer.Build(sample, RandomKey.FromSeed(1));
        Assert.Equal(expected.Select(pair => pair.Name), layer.State().Keys);
        Assert.Equal(expected.Select(pair => (Shape)pair.Shape), layer.State().Values.Select(value => value.Shape));
    }

    private static void AssertError(string first, string second, Func<object> call)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(call);
        Assert.Contains(first, error.Message, StringComparison.Ordinal);
        Assert.Contains(second, error.Message, StringComparison.Ordinal);
    }
}
