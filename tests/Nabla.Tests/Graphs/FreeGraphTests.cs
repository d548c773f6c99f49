using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Ops.Shapes;
using Reshape = Nabla.Ops.Shapes.Reshape;

namespace Nabla.Tests.Graphs;

/// <summary>Graphs of free sizes against what the same function gives when it is traced at sizes that they were not made from.</summary>
public sealed class FreeGraphTests
{
    private static readonly FreeName[] Batch = [new(FreeName.Batch)];

    [Fact]
    public void A_convolutional_network_has_a_free_batch()
    {
        Sequential network = new(
            [12, 10, 3], seed: 1, new Conv2D(4, 3, ActivationKind.Relu, padding: Padding.Same), new BatchNorm(), new MaxPool2D(2), new UpSampling2D(2, Interpolation.Bilinear),
            new DepthwiseConv2D(3, stride: 2), new GroupNorm(2), new Flatten(), new Dense(5, ActivationKind.Softmax));
        FreeGraph graph = FreeNetwork.Trace(network);
        Assert.Equal("[batch, 12, 10, 3]", graph.ShapeOf(graph.Graph.Arguments[0]).ToString());
        Assert.Equal("[batch, 5]", graph.ShapeOf(graph.Graph.Outputs[0]).ToString());
        RequireSame(graph, network, [9, 12, 10, 3]);
        RequireSame(graph, network, [1, 12, 10, 3]);
    }

    [Fact]
    public void A_recurrent_network_of_tokens_has_a_free_batch_and_free_time()
    {
        Sequential network = new(
            [16], seed: 1, new Embedding(30, 6, paddingIndex: 0), new Bidirectional(new Lstm(5) { ReturnSequences = true }), new Gru(4) { ReturnSequences = true },
            new Gru(3) { ResetAfter = false, ReturnSequences = true }, new SimpleRnn(3) { ReturnSequences = true }, new GlobalAveragePool1D { IgnoresPadding = true },
            new Dense(2));
        FreeGraph graph = FreeNetwork.Trace(network);
        Assert.Equal("[batch, time]", graph.ShapeOf(graph.Graph.Arguments[0]).ToString());
        Assert.Equal([FreeName.Batch, FreeName.Time], graph.Names.Select(name => name.Name));
        RequireSame(graph, network, [8, 7], FreeName.Time);
        RequireSame(graph, network, [1, 16], FreeName.Time);
    }

    [Fact]
    public void A_network_with_attention_has_a_free_batch_and_free_time()
    {
        Sequential network = new(
            [12], seed: 1, new Embedding(30, 8, paddingIndex: 0), new LearnedPositions(20), new SinusoidalPositions(),
            new TransformerBlock(2, 16) { Causal = true, Positions = AttentionPositions.Rotary }, new TransformerBlock(2, 16), new GlobalAveragePool1D(), new Dense(3));
        FreeGraph graph = FreeNetwork.Trace(network);
        Assert.Equal("[batch, 3]", graph.ShapeOf(graph.Graph.Outputs[0]).ToString());
        RequireSame(graph, network, [6, 9], FreeName.Time);
        RequireSame(graph, network, [2, 4], FreeName.Time);
        FreeGraph simplified = FreeNetwork.Trace(network, passes: traced => traced.Simplify().ShareCommonSubexpressions().DropDeadCode());
        Assert.True(simplified.Graph.Nodes.Count < graph.Graph.Nodes.Count);
    }

    [Fact]
    public void A_network_that_takes_one_length_has_a_free_batch_alone()
    {
        Sequential network = new([6], seed: 1, new Embedding(30, 4), new Flatten(), new Dense(2));
        FreeGraph graph = FreeNetwork.Trace(network);
        Assert.Equal("[batch, 6]", graph.ShapeOf(graph.Graph.Arguments[0]).ToString());
        RequireSame(graph, network, [4, 6]);
    }

    [Fact]
    public void Sizes_are_sums_of_products_of_the_free_ones()
    {
        FreeArgument[] arguments = [new("x", DataType.Float32, [FreeName.Batch, FreeName.Time, 4]), new("y", DataType.Float32, [FreeName.Time, 4])];
        FreeGraph graph = FreeGraph.Trace(
            x => [ShapeOps.Concatenate(0, x[0].Reshape(-1, 4), x[1], Tensor.Ones([3, 4]))], arguments, [new FreeName(FreeName.Batch), new FreeName(FreeName.Time, 50)]);
        FreeShape shape = graph.ShapeOf(graph.Graph.Outputs[0]);
        Assert.Equal("[batch*time + time + 3, 4]", shape.ToString());
        Assert.Equal([7 + 14 + 3, 4], shape.At(new Dictionary<string, int> { [FreeName.Batch] = 2, [FreeName.Time] = 7 }));
    }

    [Fact]
    public void A_function_that_is_another_for_another_size_is_refused()
    {
        FreeArgument[] arguments = [new("x", DataType.Float32, [FreeName.Batch, 4])];
        NotSupportedException ops = Assert.Throws<NotSupportedException>(
            () => FreeGraph.Trace(x => [x[0].Shape[0] % 2 == 0 ? x[0].Exp() : x[0].Tanh()], arguments, Batch));
        Assert.Contains("Exp", ops.Message, StringComparison.Ordinal);
        Assert.Contains("fixed sizes", ops.Message, StringComparison.Ordinal);
        FreeGraph halves = FreeGraph.Trace(x => [x[0].Slice(0, 0, x[0].Shape[0] / 2)], arguments, Batch);
        NotSupportedException half = Assert.Throws<NotSupportedException>(() => halves.ShapeOf(halves.Graph.Outputs[0]));
        Assert.Contains("it is 1 for batch 2", half.Message, StringComparison.Ordinal);
        FreeGraph squares = FreeGraph.Trace(x => [x[0] * Tensor.Range(x[0].Shape[0], DataType.Float32).Reshape(-1, 1)], arguments, Batch);
        Constant places = squares.Graph.Nodes.SelectMany(node => node.Inputs).OfType<Constant>().Single();
        Assert.Throws<NotSupportedException>(() => squares.ConstantOf(places));
    }

    [Fact]
    public void A_size_that_happens_to_be_that_of_a_binding_does_no_harm()
    {
        FreeArgument[] arguments = [new("x", DataType.Float32, [FreeName.Batch, 5])];
        FreeGraph graph = FreeGraph.Trace(
            x => [x[0].Sum([1], keepDimensions: true).BroadcastTo([x[0].Shape[0], 5]), x[0].BroadcastTo([x[0].Shape[0], 5])], arguments, Batch, traced => traced.Simplify());
        Assert.Equal("[batch, 5]", graph.ShapeOf(graph.Graph.Outputs[1]).ToString());
    }

    private static void RequireSame(FreeGraph free, Sequential network, int[] input, string? last = null)
    {
        Graph expected = Tracer.Trace(x => [network.Forward(x[0])], ("input", new TensorType(network.InputType, input)));
        Dictionary<string, int> sizes = new() { [FreeName.Batch] = input[0] };
        sizes[last ?? FreeName.Batch] = last is null ? input[0] : input[^1];
        RequireSame(free, expected, sizes);
    }

    private static void RequireSame(FreeGraph free, Graph expected, Dictionary<string, int> sizes)
    {
        Assert.Equal(expected.Nodes.Count, free.Graph.Nodes.Count);
        foreach ((Node node, Node same) in free.Graph.Nodes.Zip(expected.Nodes))
        {
            Assert.Equal(same.Results.Select(result => result.Type.Shape), node.Results.Select(result => free.ShapeOf(result).At(sizes)));
            RequireSameAttributes(free, node, same.Op, sizes);
            foreach ((Value value, Value other) in node.Inputs.Zip(same.Inputs).Where(pair => pair.First is Constant))
            {
                Tensor tensor = free.ConstantOf((Constant)value).At(sizes);
                Assert.Equal(other.Type, tensor.Type);
                Assert.True(tensor.AllClose(((Constant)other).Tensor, 1e-7), $"{node.Op}: {tensor} instead of {((Constant)other).Tensor}");
            }

            if (same.Op is Nabla.Ops.Recurrent.Scan scan)
            {
                RequireSame(free.StepOf(node), scan.Step.Graph, sizes);
            }
        }
    }

    private static void RequireSameAttributes(FreeGraph free, Node node, Nabla.Ops.Op same, Dictionary<string, int> sizes)
    {
        switch (same)
        {
            case Reshape reshape:
                Assert.Equal(reshape.Shape, free.ShapeOf<Reshape>(node, op => op.Shape).At(sizes));
                break;
            case Slice slice:
                Assert.Equal(slice.Start, free.ShapeOf<Slice>(node, op => op.Start).At(sizes));
                Assert.Equal(slice.Size, free.ShapeOf<Slice>(node, op => op.Size).At(sizes));
                break;
            case BroadcastTo repeated:
                Assert.Equal(repeated.Shape, free.ShapeOf<BroadcastTo>(node, op => op.Shape).At(sizes));
                break;
            case Nabla.Ops.Recurrent.Scan:
                break;
            default:
                Assert.True(free.HasFixedOp(node) || same is Pad, $"{same}");
                break;
        }
    }
}
