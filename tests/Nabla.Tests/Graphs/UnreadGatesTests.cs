using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Ops.Recurrent;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

/// <summary>What recurrent networks write in use: their states, and what else somebody reads.</summary>
public sealed class UnreadGatesTests
{
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void An_lstm_writes_its_cells_only_where_they_are_read(bool readsCells, int results)
    {
        Lstm layer = new(21) { ReturnSequences = true };
        Sequential network = new([7, 5], seed: 1, layer);
        Tensor x = PassCheck.Random(1, 37, 7, 5);
        Tensor[] Run(Tensor[] given) => layer.Run(given[0]) is var output && readsCells ? [output.Sequence, output.State.Cell!] : [output.Sequence];
        Graph graph = Compilation.Trace(Run, x.Type).Optimize(exact: false);
        CompiledRecurrence op = Assert.IsType<CompiledRecurrence>(Assert.Single(graph.Nodes, node => node.Op is CompiledRecurrence or Recurrence).Op);
        Assert.Equal((results, false), (op.Results, op.LooksUp));
        CompilationTests.AssertSame(Run([x]), new Executable(graph).Run(x));
        Assert.Equal(graph.ToString(), graph.Optimize(exact: false).ToString());
        Assert.Equal(network.Forward(x).ToArray<float>(), Run([x])[0].ToArray<float>());
    }

    [Fact]
    public void Steps_that_look_up_write_no_gates_either()
    {
        Sequential network = new([30], seed: 1, new Embedding(50, 65), new Gru(18));
        Tensor x = RandomKey.FromSeed(2).Integers([40, 30], 0, 50);
        Graph graph = Compilation.Trace(given => [network.Forward(given[0])], x.Type).Optimize(exact: false);
        Assert.Single(graph.Nodes, node => node.Op is CompiledRecurrence { LooksUp: true, Results: 1 });
        CompilationTests.AssertSame([network.Forward(x)], new Executable(graph).Run(x));
    }

    [Fact]
    public void A_backward_pass_reads_the_gates()
    {
        Sequential network = new([7, 5], seed: 1, new Lstm(21));
        Tensor x = PassCheck.Random(1, 3, 7, 5);
        Graph graph = Compilation.Trace(given => [Gradients.Gradient(y => network.Forward(y).Sum())(given[0])], x.Type).Optimize(exact: false);
        Assert.Single(graph.Nodes, node => node.Op is Recurrence);
    }
}
