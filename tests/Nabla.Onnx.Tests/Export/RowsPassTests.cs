using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Onnx.Export;
using Nabla.Transforms;

namespace Nabla.Onnx.Tests.Export;

public sealed class RowsPassTests
{
    [Fact]
    public void Products_of_sequences_need_no_reshapes_and_give_the_same()
    {
        Sequential network = new([5, 4], 1, new Dense(6, ActivationKind.Relu), new Dense(3, ActivationKind.Tanh), new Dense(2) { UseBias = false });
        Tensor x = RandomKey.FromSeed(1).Normal([3, 5, 4]);
        Graph traced = Compilation.Trace(inputs => [network.Forward(inputs[0])], x.Type);
        Graph moved = traced.SinkReshapes().Simplify().DropDeadCode();
        Assert.Contains(traced.Nodes, node => node.Op is Nabla.Ops.Shapes.Reshape);
        Assert.DoesNotContain(moved.Nodes, node => node.Op is Nabla.Ops.Shapes.Reshape);
        Assert.True(new Executable(moved).Run(x)[0].AllClose(network.Forward(x), 1e-6, 1e-6));
    }

    [Fact]
    public void Reshapes_that_change_the_last_axis_stay_where_they_are()
    {
        Tensor x = RandomKey.FromSeed(1).Normal([3, 4, 6]);
        Graph traced = Compilation.Trace(inputs => [inputs[0].Reshape(6, 12).Exp() + Tensor.Ones([12])], x.Type);
        Assert.Equal(traced.ToString(), traced.SinkReshapes().ToString());
    }
}
