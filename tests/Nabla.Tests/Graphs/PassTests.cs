using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Tests.Ops;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

public sealed class PassTests
{
    [Fact]
    public void Dead_code_is_dropped() =>
        Assert.Equal(["Exp"], Names(Trace(x => { _ = x.Log() + 1; return x.Exp(); }).DropDeadCode()));

    [Fact]
    public void Equal_ops_on_equal_inputs_become_one() =>
        Assert.Equal(["Add", "Multiply"], Names(Trace(x => (x + 2) * (x + 2)).ShareCommonSubexpressions().DropDeadCode()));

    [Fact]
    public void Reshapes_become_one_and_the_same_shape_none()
    {
        Assert.Equal(["Reshape"], Names(Trace(x => x.Reshape(12).Reshape(2, 6)).Simplify().DropDeadCode()));
        Assert.Empty(Names(Trace(x => x.Reshape(12).Reshape(3, 4)).Simplify().DropDeadCode()));
    }

    [Fact]
    public void Transposes_cancel_or_join()
    {
        Assert.Empty(Names(Trace(x => x.Transpose().Transpose()).Simplify().DropDeadCode()));
        Assert.Equal(["Exp"], Names(Trace(x => x.Transpose().Exp().Transpose().Reshape(3, 4)).Simplify().DropDeadCode()).Except(["Transpose"]));
        Assert.Equal(["Reshape", "Transpose"], Names(Trace(x => x.Reshape(3, 2, 2).Transpose(1, 2, 0).Transpose(1, 2, 0)).Simplify().DropDeadCode()));
    }

    [Fact]
    public void Written_out_repetition_is_left_to_the_op_that_reads_it()
    {
        Assert.Equal(["Sum", "Multiply"], Names(Trace(x => x * x.Sum([1], keepDimensions: true).BroadcastTo([3, 4])).Simplify().DropDeadCode()));
        Assert.Contains("BroadcastTo", Names(Trace(x => x.Sum().BroadcastTo([3, 4]) * x.Mean().BroadcastTo([3, 4])).Simplify().DropDeadCode()));
    }

    [Fact]
    public void Products_with_one_and_double_signs_vanish() => Assert.Empty(Names(Trace(x => -(-(x * 1)) / 1).Simplify().DropDeadCode()));

    [Fact]
    public void All_passes_together_keep_the_bits()
    {
        Func<Tensor[], Tensor[]> function = x =>
        {
            (Tensor value, Tensor[] gradients) = Gradients.ValueAndGradient(() => (x[0].Transpose().Reshape(2, 6).Exp().Transpose() * x[0].Sum()).Mean(), x[0]);
            return [value, gradients[0] * 1];
        };
        Tensor input = GradientCheck.Random([3, 4], seed: 4);
        Graph graph = Compilation.Trace(function, input.Type);
        Graph optimized = graph.Optimize();
        Assert.True(optimized.Nodes.Count < graph.Nodes.Count);
        CompilationTests.AssertSame(function([input]), new Executable(optimized).Run(input));
    }

    private static Graph Trace(Func<Tensor, Tensor> function) => Compilation.Trace(x => [function(x[0])], new TensorType(DataType.Float32, [3, 4]));

    private static IEnumerable<string> Names(Graph graph) => graph.Nodes.Select(node => node.Op.Name);
}
