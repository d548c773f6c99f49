using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

public sealed class ConstantFoldingTests
{
    private static readonly Value Four = new Constant(Tensor.From(1f, 2f, 3f, 4f));

    [Fact]
    public void What_depends_on_constants_alone_is_computed_at_once()
    {
        Graph folded = OnConstant(x => x.Exp().Reshape(2, 2).Transpose() * 2).FoldConstants();
        Assert.Empty(folded.Nodes);
        Tensor expected = Tensor.From(1f, 2f, 3f, 4f).Exp().Reshape(2, 2).Transpose() * 2;
        CompilationTests.AssertSame([expected], new Executable(folded).Run(Tensor.Zeros([4])));
    }

    [Fact]
    public void A_repeated_number_is_not_written_out() =>
        Assert.Equal(["BroadcastTo"], OnConstant(x => x.BroadcastTo([100_000, 4])).FoldConstants().Nodes.Select(node => node.Op.Name));

    // The function of its argument, with a constant in its place.
    private static Graph OnConstant(Func<Tensor, Tensor> function)
    {
        Graph traced = Compilation.Trace(x => [function(x[0])], Four.Type);
        GraphBuilder builder = new();
        Dictionary<Value, Value> moved = new(ReferenceEqualityComparer.Instance) { [traced.Arguments[0]] = Four };
        foreach (Node node in traced.Nodes)
        {
            IReadOnlyList<Result> results = builder.Add(node.Op, [.. node.Inputs.Select(input => moved.GetValueOrDefault(input, input))]);
            moved[node.Results[0]] = results[0];
        }

        return new Graph(traced.Arguments, builder.Nodes, [moved[traced.Outputs[0]]], []);
    }
}
