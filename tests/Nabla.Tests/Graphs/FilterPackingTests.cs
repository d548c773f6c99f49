using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Ops.Convolutions;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

public sealed class FilterPackingTests
{
    [Theory]
    [InlineData(1, 8, 32, 48, 3, 1, false, true)]
    [InlineData(2, 9, 48, 80, 3, 1, true, true)]
    [InlineData(1, 4, 272, 288, 3, 1, false, false)]
    [InlineData(3, 9, 5, 70, 3, 2, false, false)]
    [InlineData(2, 9, 6, 133, 5, 1, false, false)]
    [InlineData(2, 9, 6, 67, 1, 2, false, false)]
    public void Packed_weights_give_the_results_of_the_weights_themselves(int batch, int side, int inputs, int outputs, int kernel, int stride, bool pools, bool winograd)
    {
        Tensor images = PassCheck.Random(1, batch, side, side, inputs);
        Sequential network = new([side, side, inputs], seed: 2, new Conv2D(outputs, kernel, ActivationKind.Relu, stride, Padding.Same));
        Func<Tensor, Tensor> function = pools ? x => network.Forward(x).MaxPool2D(2) : network.Forward;
        Graph packed = Compilation.Trace(x => [function(x[0])], images.Type).Optimize(exact: false).PackFilters();
        FilterPacking packing = Assert.Single(packed.Nodes.Select(node => node.Op).OfType<FilterPacking>());
        Assert.Equal(winograd, packing.Winograd);
        CompilationTests.AssertClose([function(images)], new Executable(packed).Run(images), 1e-5);
    }

    [Fact]
    public void Packed_weights_follow_the_parameters()
    {
        Tensor images = PassCheck.Random(1, 1, 8, 8, 32);
        Sequential network = Residual(32);
        Executable executable = new(Compilation.Trace(x => [network.Forward(x[0])], images.Type).Optimize(exact: false));
        for (int run = 0; run < 3; run++)
        {
            CompilationTests.AssertClose([network.Forward(images)], executable.Run(images), 1e-5);
            CompilationTests.AssertClose([network.Forward(images * 2)], executable.Run(images * 2), 1e-5);
            foreach ((string _, Parameter parameter) in network.NamedParameters)
            {
                parameter.Value = parameter.Value * 0.9;
            }
        }
    }

    [Fact]
    public void Only_weights_that_are_steady_and_read_for_few_results_are_packed()
    {
        Sequential network = Residual(32);
        Assert.Contains("FilterPacking", OpsOf(x => network.Forward(x[0]), [1, 8, 8, 32]));
        Assert.DoesNotContain("FilterPacking", OpsOf(x => network.Forward(x[0]), [65, 8, 8, 32]));
        Assert.DoesNotContain("FilterPacking", OpsOf(x => x[0].Conv2D(x[1]), [1, 8, 8, 32], [3, 3, 32, 80]));
        Tensor narrow = PassCheck.Random(2, 3, 3, 3, 32);
        Assert.Equal(["Convolution"], OpsOf(x => x[0].Conv2D(narrow), [1, 8, 8, 3]));
    }

    [Fact]
    public void Packed_convolutions_are_not_differentiated()
    {
        FilterPacking packing = new(new Convolution(new Window(), 1), [1, 8, 8, 3], false, 1);
        Assert.Throws<NotSupportedException>(() => packing.Gradient([], [], [], []));
        Assert.Throws<NotSupportedException>(() => new PackedConvolution(packing.Convolution, packing, [3, 3, 3, 3]).Gradient([], [], [], []));
    }

    private static Sequential Residual(int channels) => new(
        [8, 8, channels], seed: 3, new Residual(new Chain(new Conv2D(channels, 3, padding: 1), new BatchNorm()), activation: ActivationKind.Relu));

    private static string[] OpsOf(Func<Tensor[], Tensor> function, params Shape[] shapes) =>
        [.. Compilation.Trace(x => [function(x)], [.. shapes.Select(shape => new TensorType(DataType.Float32, shape))]).Optimize(exact: false).PackFilters().Nodes.Select(node => node.Op.Name)];
}
