using Nabla.Layers;
using Nabla.Layers.Initializers;
using Nabla.Layers.Regularizers;
using Nabla.Ops.Products;

namespace Nabla.Tests.Layers;

public sealed class DenseTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(2, 5)]
    [InlineData(3, 2, 5)]
    public void A_dense_layer_computes_its_formula_on_the_last_axis(params int[] sample)
    {
        Dense layer = LayerCheck.Built(new Dense(3, ActivationKind.Tanh) { BiasInitializer = new RandomNormal() }, sample);
        Tensor input = Ops.GradientCheck.Random([2, .. sample], seed: 2);
        double[] x = input.ToArray<double>();
        double[] kernel = layer.State()["kernel"].ToArray<double>();
        double[] bias = layer.State()["bias"].ToArray<double>();
        double[] result = layer.Forward(input).ToArray<double>();
        for (int index = 0; index < result.Length; index++)
        {
            (int row, int unit) = (index / 3, index % 3);
            double sum = bias[unit] + Enumerable.Range(0, 5).Sum(step => x[(row * 5) + step] * kernel[(step * 3) + unit]);
            Assert.Equal(Math.Tanh(sum), result[index], 1e-12);
        }
    }

    [Fact]
    public void A_dense_layer_has_the_gradient_of_differences()
    {
        LayerCheck.Verify(new Dense(4, ActivationKind.Tanh), [3]);
        LayerCheck.Verify(new Dense(4, ActivationKind.Relu), [3]);
        LayerCheck.Verify(new Dense(2) { UseBias = false }, [3, 5]);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 5, 3)]
    [InlineData(65, 33, 49)]
    public void The_product_with_bias_has_the_bits_of_its_parts(int rows, int inputs, int units)
    {
        foreach (DataType type in new[] { DataType.Float32, DataType.Float64 })
        {
            Tensor[] operands = [.. new Shape[] { [rows, inputs], [inputs, units], [units] }.Select(shape => Ops.GradientCheck.Random(shape, 1).To(type))];
            Tensor expected = operands[0].MatMul(operands[1]) + operands[2];
            Assert.Equal(expected.AsBytes(), new DenseProduct(Rectifies: false).ApplyOne(operands).AsBytes());
            Assert.Equal(expected.Relu().AsBytes(), new DenseProduct(Rectifies: true).ApplyOne(operands).AsBytes());
        }
    }

    [Fact]
    public void The_product_with_bias_has_the_gradient_of_differences()
    {
        Tensor[] operands = [Ops.GradientCheck.Random([3, 4], 1), Ops.GradientCheck.Random([4, 5], 2), Ops.GradientCheck.Random([5], 3)];
        Ops.GradientCheck.Verify(x => new DenseProduct(Rectifies: false).ApplyOne(x), operands);
        Ops.GradientCheck.Verify(x => new DenseProduct(Rectifies: true).ApplyOne(x), operands);
    }

    [Fact]
    public void The_product_with_bias_refuses_what_does_not_fit() => Assert.Contains(
        "but got float32[2, 3], float32[3, 4] and float32[3].",
        Assert.Throws<ArgumentException>(() => new DenseProduct(false).ApplyOne(Tensor.Ones([2, 3]), Tensor.Ones([3, 4]), Tensor.Ones([3]))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Options_decide_what_parameters_there_are_and_how_they_begin()
    {
        L2 penalty = new(0.5);
        Dense layer = new(2) { KernelInitializer = new Ones(), UseBias = false, KernelRegularizer = penalty };
        layer.Build([3], RandomKey.FromSeed(1));
        KeyValuePair<string, Parameter> kernel = Assert.Single(layer.NamedParameters);
        Assert.Equal("kernel", kernel.Key);
        Assert.Equal(penalty, kernel.Value.Regularizer);
        Assert.Equal([3f, 3f], layer.Forward(Tensor.Ones([1, 3])).ToArray<float>());
    }

    [Fact]
    public void Shapes_and_costs_follow_from_the_input()
    {
        Dense layer = new(4);
        Assert.Equal([7, 4], layer.OutputShape([7, 3]));
        Assert.Equal(7 * 3 * 4, layer.MultiplyAdds([7, 3]));
        LayerCheck.Refuses<ArgumentException>("[batch, ..., inputs] but got [batch]", () => layer.OutputShape([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dense(0));
    }

    [Fact]
    public void Initial_weights_of_a_network_are_what_they_were_in_the_first_release()
    {
        Sequential network = new([3], seed: 1, new Dense(2));
        float limit = (float)Math.Sqrt(6.0 / 5);
        Tensor expected = (RandomKey.FromSeed(1).Fold(0).Fold("kernel").Uniform([3, 2]) * (2 * limit)) - limit;
        Assert.Equal(expected.ToArray<float>(), network.State()["0.kernel"].ToArray<float>());
    }
}
