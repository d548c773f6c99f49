using Nabla.Backends.Cpu;
using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Ops;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

public sealed class InferenceFoldingTests
{
    private static readonly Tensor Images = PassCheck.Random(1, 2, 9, 9, 3);

    [Fact]
    public void Batch_normalisation_in_use_goes_into_the_weights_before_it()
    {
        Sequential network = Network();
        Graph graph = Traced(network).Optimize(exact: false);
        Assert.Equal(["Convolution", "Convolution", "DenseProduct"], ImageOps(graph));
        CompilationTests.AssertClose([network.Forward(Images)], new Executable(graph).Run(Images), 1e-5);
    }

    [Fact]
    public void Exact_passes_leave_the_weights_alone()
    {
        Sequential network = Network();
        CompilationTests.AssertSame([network.Forward(Images)], new Executable(Traced(network).Optimize(exact: true)).Run(Images));
    }

    [Fact]
    public void Folded_weights_follow_the_parameters()
    {
        Sequential network = Network();
        Executable executable = new(Traced(network).Optimize(exact: false));
        for (int run = 0; run < 3; run++)
        {
            foreach ((string _, Parameter parameter) in network.NamedParameters)
            {
                parameter.Value = parameter.Value * 1.1;
            }

            CompilationTests.AssertClose([network.Forward(Images)], executable.Run(Images), 1e-5);
            CompilationTests.AssertClose([network.Forward(Images * 2)], executable.Run(Images * 2), 1e-5);
        }
    }

    [Fact]
    public void What_depends_on_cells_alone_is_computed_when_one_changed()
    {
        int calls = 0;
        CpuBackend.Register<Counted>((_, inputs, outputs) =>
        {
            calls++;
            inputs[0].AsBytes().CopyTo(outputs[0].WritableBytes());
        });
        Cell cell = new("cell", Tensor.From(1f, 2f));
        Executable executable = new(Tracer.Trace(x => [x[0] + new Counted().ApplyOne(cell.Value)], ("x", cell.Type)));
        Tensor zeros = Tensor.Zeros([2]);
        Assert.Equal([1f, 2f], executable.Run(zeros)[0].ToArray<float>());
        Assert.Equal([2f, 3f], executable.Run(zeros + 1)[0].ToArray<float>());
        Assert.Equal(1, calls);
        cell.Value = Tensor.From(5f, 6f);
        Assert.Equal([5f, 6f], executable.Run(zeros)[0].ToArray<float>());
        Assert.Equal(2, calls);
    }

    private static Sequential Network()
    {
        Sequential network = new(
            [9, 9, 3], seed: 4, new Conv2D(8, 3), new BatchNorm(), new Activation(ActivationKind.Relu), new DepthwiseConv2D(3), new BatchNorm(), new Flatten(),
            new Dense(6), new BatchNorm(), new Activation(ActivationKind.Relu));
        int seed = 10;
        foreach ((string name, Parameter parameter) in network.NamedParameters.Where(pair => !pair.Key.EndsWith("kernel", StringComparison.Ordinal)))
        {
            Tensor values = PassCheck.Random(seed++, parameter.Value.Shape.ToArray());
            parameter.Value = name.EndsWith("variance", StringComparison.Ordinal) ? values.Square() + 0.5 : values;
        }

        return network;
    }

    private static Graph Traced(Sequential network) => Compilation.Trace(x => [network.Forward(x[0])], Images.Type);

    // The ops on images and rows; those on weights alone run once.
    private static string[] ImageOps(Graph graph)
    {
        Steadiness steady = new(graph.Writes);
        return [.. graph.Nodes.Where(node => !steady.Holds(node) && node.Op.Name != "Reshape").Select(node => node.Op.Name)];
    }

    private sealed record Counted : Op
    {
        public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0]];

        public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [null];
    }
}
