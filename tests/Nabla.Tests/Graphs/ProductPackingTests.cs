using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Ops.Products;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

public sealed class ProductPackingTests
{
    [Theory]
    [InlineData(28, 33, 70, ActivationKind.Relu)]
    [InlineData(131, 520, 129, ActivationKind.Gelu)]
    [InlineData(300, 1025, 67, ActivationKind.Linear)]
    public void Packed_weights_give_the_bits_of_the_weights_themselves(int rows, int inputs, int units, ActivationKind activation)
    {
        Tensor x = PassCheck.Random(1, rows, inputs);
        Sequential network = new([inputs], seed: 2, new Dense(units, activation));
        Graph graph = Compilation.Trace(arguments => [network.Forward(arguments[0])], x.Type).Optimize();
        Graph packed = graph.PackProducts();
        Assert.Single(packed.Nodes, node => node.Op is ProductPacking);
        Assert.Equal(network.Forward(x).ToArray<float>(), Assert.Single(new Executable(packed).Run(x)).ToArray<float>());
    }

    [Fact]
    public void Products_without_a_bias_and_of_doubles_are_packed_too()
    {
        Tensor weights = PassCheck.Random(3, 40, 100).To(DataType.Float64);
        Tensor x = PassCheck.Random(1, 50, 40).To(DataType.Float64);
        Graph packed = Compilation.Trace(arguments => [arguments[0].MatMul(weights)], x.Type).Optimize().PackProducts();
        Assert.Single(packed.Nodes, node => node.Op is PackedProduct);
        Assert.Equal(x.MatMul(weights).ToArray<double>(), Assert.Single(new Executable(packed).Run(x)).ToArray<double>());
    }

    [Fact]
    public void Packed_weights_follow_the_parameters()
    {
        Tensor x = PassCheck.Random(1, 40, 30);
        Sequential network = new([30], seed: 2, new Dense(80, ActivationKind.Tanh));
        Executable executable = new(Compilation.Trace(arguments => [network.Forward(arguments[0])], x.Type).Optimize());
        for (int run = 0; run < 3; run++)
        {
            Assert.Equal(network.Forward(x).ToArray<float>(), executable.Run(x)[0].ToArray<float>());
            foreach ((string _, Parameter parameter) in network.NamedParameters)
            {
                parameter.Value = parameter.Value * 0.9;
            }
        }
    }

    [Fact]
    public void Only_steady_weights_of_products_of_some_rows_are_packed()
    {
        Tensor weights = PassCheck.Random(2, 30, 80);
        Assert.Contains("ProductPacking", OpsOf(x => x[0].MatMul(weights), [28, 30]));
        Assert.DoesNotContain("ProductPacking", OpsOf(x => x[0].MatMul(weights), [1, 30]));
        Assert.DoesNotContain("ProductPacking", OpsOf(x => x[0].MatMul(weights), [5000, 30]));
        Assert.DoesNotContain("ProductPacking", OpsOf(x => x[0].MatMul(x[1]), [28, 30], [30, 80]));
    }

    [Fact]
    public void No_more_weights_are_packed_than_may_stand_in_memory_twice()
    {
        Tensor large = Tensor.Zeros([4096, 4000]);
        Tensor small = Tensor.Zeros([4000, 4096]);
        string[] ops = OpsOf(x => x[0].MatMul(large).MatMul(small), [32, 4096]);
        Assert.Single(ops, "ProductPacking");
        Assert.Single(ops, "MatMul");
    }

    [Fact]
    public void Packed_products_are_not_differentiated()
    {
        Assert.Throws<NotSupportedException>(() => new ProductPacking(1).Gradient([], [], [], []));
        Assert.Throws<NotSupportedException>(() => new PackedProduct(new DenseProduct(false), [3, 3]).Gradient([], [], [], []));
    }

    private static string[] OpsOf(Func<Tensor[], Tensor> function, params Shape[] shapes) =>
        [.. Compilation.Trace(x => [function(x)], [.. shapes.Select(shape => new TensorType(DataType.Float32, shape))]).Optimize().PackProducts().Nodes.Select(node => node.Op.Name)];
}
