using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Products;
using Nabla.Ops.Quantization;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

/// <summary>What quantised networks become when they are compiled, and that their results are those of the ops one by one, within a quantum.</summary>
public sealed class QuantizedProductPassTests
{
    private const float Step = 0.03f;

    private static readonly RandomKey Key = RandomKey.FromSeed(5);

    [Fact]
    public void Layers_hand_on_bytes()
    {
        Func<Tensor[], Tensor[]> network = x =>
        {
            Tensor first = Seen(Seen(x[0], 128).Conv2D(Weights([3, 3, 3, 16], 1), Bias(16), padding: 1).Relu(), 40);
            Tensor second = Seen(first.Conv2D(Weights([3, 3, 16, 8], 2), Bias(8)).Relu().MaxPool2D(2), 0);
            return [second.Reshape(-1, 288).MatMul(Weights([288, 10], 3)) + Bias(10)];
        };
        Graph graph = Check(network, [4, 14, 14, 3], 0.2);
        Assert.Equal(3, graph.Nodes.Count(node => node.Op is QuantizedProduct));
        Assert.Equal(2, graph.Nodes.Count(node => node.Op is QuantizedProduct { GivesBytes: true }));
        Assert.Contains(graph.Nodes, node => node.Op is QuantizedProduct { Pooling: not null, Low: 0 });
        Assert.DoesNotContain(graph.Nodes, node => node.Op is Convolution or PooledConvolution or DenseProduct or Dequantize);
        Assert.Single(graph.Nodes, node => node.Op is Quantize);
    }

    [Fact]
    public void A_shortcut_is_added_as_bytes()
    {
        Func<Tensor[], Tensor[]> network = x =>
        {
            Tensor seen = Seen(x[0], 128);
            Tensor inner = Seen(seen.Conv2D(Weights([3, 3, 8, 8], 1), padding: 1).Clip(0, 6), 0);
            return [Seen((inner.Conv2D(Weights([1, 1, 8, 8], 2)) + seen).Relu(), 7)];
        };
        Graph graph = Check(network, [2, 9, 7, 8], Step);
        Assert.Contains(graph.Nodes, node => node.Op is QuantizedProduct { Residual: QuantizedResidual.Bytes, Low: 0, GivesBytes: true });
        Assert.Contains(graph.Nodes, node => node.Op is QuantizedProduct { High: 6, GivesBytes: true });
    }

    [Fact]
    public void What_only_looks_quantised_counts_as_bytes()
    {
        Parameter kernel = new("kernel", Key.Normal([20, 12]));
        Func<Tensor[], Tensor[]> network = x =>
            [x[0].FakeQuantize(Scalar(Step), Zero(99)).MatMul(kernel.Value.FakeQuantize(Tensor.Full([12], 0.05), Tensor.Zeros([12], DataType.Int8), 1)) + Bias(12)];
        Graph graph = Check(network, [5, 20], 1e-4);
        Assert.Contains(graph.Nodes, node => node.Op is QuantizedProduct { HasBias: true });
        Assert.DoesNotContain(graph.Nodes, node => node.Op is DenseProduct);
    }

    [Fact]
    public void Rows_may_have_scales_of_their_own()
    {
        Func<Tensor[], Tensor[]> network = x =>
        {
            (Tensor bytes, Tensor scale, Tensor zeroPoint) = x[0].QuantizeDynamically(perRow: true);
            Tensor rows = bytes.Dequantize(scale, zeroPoint).Reshape(-1, 24);
            return [(rows.MatMul(Weights([24, 40], 1)) + Bias(40)).Reshape(3, 5, 40)];
        };
        Graph graph = Check(network, [3, 5, 24], 1e-4);
        Assert.Contains(graph.Nodes, node => node.Op is QuantizedProduct { HasBias: true, Window.Convolution: null });
    }

    [Fact]
    public void Channels_first_graphs_of_signed_bytes_are_multiplied_as_bytes()
    {
        Parameter stored = new("stored", Key.Integers([16, 4, 3, 3], -127, 128, DataType.Int8));
        Func<Tensor[], Tensor[]> network = x =>
        {
            Tensor zero = Tensor.Scalar((sbyte)-11);
            Tensor seen = x[0].Quantize(Scalar(Step), zero).Dequantize(Scalar(Step), zero);
            Tensor kernel = stored.Value.Dequantize(Tensor.Full([16], 0.01), Tensor.Zeros([16], DataType.Int8), 0).Transpose(2, 3, 1, 0);
            Tensor channelsFirst = seen.Transpose(0, 2, 3, 1).Conv2D(kernel).Transpose(0, 3, 1, 2).Relu();
            Tensor again = channelsFirst.Quantize(Scalar(Step), zero).Dequantize(Scalar(Step), zero);
            return [again.Transpose(0, 2, 3, 1).Conv2D(Weights([1, 1, 16, 5], 3))];
        };
        Graph graph = Check(network, [2, 4, 9, 8], 0.2);
        Assert.Equal(2, graph.Nodes.Count(node => node.Op is QuantizedProduct));
        Assert.Contains(graph.Nodes, node => node.Op is QuantizedProduct { GivesBytes: true });
    }

    [Fact]
    public void Weights_that_change_are_packed_anew()
    {
        Parameter kernel = new("kernel", Key.Normal([20, 12]));
        CompiledFunction compiled = Compilation.Compile((Tensor[] x) => [Seen(x[0], 128).MatMul(kernel.Value.FakeQuantize(Scalar(0.05f), Tensor.Scalar((sbyte)0)))]);
        Tensor x = Key.Fold(1).Normal([5, 20]);
        Tensor before = compiled.Invoke(x)[0];
        kernel.Value = kernel.Value * -1;
        Assert.Equal((before * -1).ToArray<float>(), compiled.Invoke(x)[0].ToArray<float>());
    }

    [Fact]
    public void Exact_graphs_keep_their_bits()
    {
        Graph graph = Compilation.Trace(x => [Seen(x[0], 128).MatMul(Weights([20, 12], 1))], new TensorType(DataType.Float32, [5, 20])).Optimize(exact: true);
        Assert.DoesNotContain(graph.Nodes, node => node.Op is QuantizedProduct);
    }

    // The graph, when its results are those of the ops one by one within a tolerance.
    private static Graph Check(Func<Tensor[], Tensor[]> network, Shape shape, double tolerance)
    {
        Tensor x = Key.Fold(9).Normal(shape);
        Graph graph = Compilation.Trace(network, x.Type).Optimize(exact: false);
        float[] expected = network([x])[0].ToArray<float>();
        foreach (bool borrowed in new[] { false, true })
        {
            float[] got = new Executable(graph, borrowed).Run(x)[0].ToArray<float>();
            Assert.Equal(expected.Length, got.Length);
            Assert.All(expected.Zip(got), pair => Assert.Equal(pair.First, pair.Second, tolerance + 1e-5));
        }

        Assert.True(expected.Max() - expected.Min() > 10 * tolerance);
        return graph;
    }

    // What depends on nothing but numbers is computed while a function is traced; what a parameter holds is not.
    private static Tensor Weights(Shape shape, int seed)
    {
        Parameter bytes = new("bytes", Key.Fold(seed).Integers(shape, -127, 128, DataType.Int8));
        Tensor scale = Key.Fold(seed).Uniform([shape[-1]], 0.001, 0.004);
        return bytes.Value.Dequantize(scale, Tensor.Zeros([shape[-1]], DataType.Int8), shape.Rank - 1);
    }

    private static Tensor Seen(Tensor x, int zero) => x.Quantize(Scalar(Step), Zero(zero)).Dequantize(Scalar(Step), Zero(zero));

    private static Tensor Bias(int units) => Key.Fold(units).Uniform([units], -0.5, 0.5);

    private static Tensor Scalar(float value) => Tensor.Scalar(value);

    private static Tensor Zero(int value) => Tensor.Scalar((byte)value);
}
