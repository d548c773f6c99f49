using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Training;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

public sealed class MemoryPlanTests
{
    [Fact]
    public void A_chain_of_elementwise_ops_works_in_one_place()
    {
        MemoryPlan plan = MemoryPlan.Of(Trace(x => x.Exp().Sqrt().Abs().Tanh().Relu()));
        Assert.Equal(4096, plan.Size);
    }

    [Fact]
    public void A_value_that_is_read_later_is_not_written_over()
    {
        Graph graph = Trace(x =>
        {
            Tensor early = x.Exp();
            Tensor late = early.Sqrt().Abs();
            return (late + early).Relu();
        });
        Assert.Equal(2 * 4096, MemoryPlan.Of(graph).Size);
        Tensor input = Tensor.Range(1024, DataType.Float32) / 1024;
        CompilationTests.AssertSame([(input.Exp().Sqrt().Abs() + input.Exp()).Relu()], new Executable(graph).Run(input));
    }

    [Fact]
    public void The_memory_of_dead_results_is_used_again()
    {
        MemoryPlan plan = MemoryPlan.Of(Trace(x =>
        {
            Tensor y = x.Reshape(32, 32);
            for (int layer = 0; layer < 10; layer++)
            {
                y = y.MatMul(y);
            }

            return y;
        }));
        Assert.Equal(2 * 4096, plan.Size);
    }

    [Fact]
    public void The_arena_of_a_training_step_is_little_more_than_what_lives_at_once()
    {
        Sequential network = new(
            [28, 28, 1], seed: 1, new Conv2D(32, 3, ActivationKind.Relu), new MaxPool2D(2), new Conv2D(64, 3, ActivationKind.Relu), new MaxPool2D(2),
            new Flatten(), new Dropout(0.5), new Dense(64, ActivationKind.Relu), new Dense(10, ActivationKind.Softmax));
        KeyValuePair<string, Parameter>[] parameters = [.. network.TrainableParameters];
        EagerPass pass = new(network, new SparseCategoricalCrossEntropy(), parameters);
        Graph graph = Tracer.Trace(
            x =>
            {
                Pass traced = pass.Run(x[0], x[1], x[2], new RandomKey(new KeyArgument()), penalties: false);
                return [traced.Loss, .. traced.Gradients.SelectMany(gradient => gradient.Parts)];
            },
            ("input", new TensorType(DataType.Float32, [64, 28, 28, 1])),
            ("targets", new TensorType(DataType.Int32, [64])),
            ("shares", new TensorType(DataType.Float64, [64]))).Optimize();
        MemoryPlan plan = MemoryPlan.Of(graph);
        Assert.InRange(plan.Size, plan.LiveBytes, plan.LiveBytes * 115 / 100);
    }

    [Fact]
    public void Values_that_live_together_never_overlap()
    {
        Random random = new(5);
        for (int trial = 0; trial < 30; trial++)
        {
            Graph graph = RandomGraph(random).DropDeadCode();
            MemoryPlan plan = MemoryPlan.Of(graph);
            Assert.True(plan.LiveBytes <= plan.Size);
            AssertDisjoint(graph, plan);
        }
    }

    private static void AssertDisjoint(Graph graph, MemoryPlan plan)
    {
        (Result Value, long Start, long End, int Born, int Dies)[] lives = [.. graph.Nodes.SelectMany((node, born) => node.Results
            .Where(result => plan.Offsets.ContainsKey(result))
            .Select(result => (result, plan.Offsets[result], plan.Offsets[result] + result.Type.ByteCount, born, plan.LastRead(result))))];
        foreach (var left in lives)
        {
            foreach (var right in lives)
            {
                bool together = left.Born < right.Born && left.Dies > right.Born;
                if (together && left.Start < right.End && right.Start < left.End)
                {
                    Assert.Fail($"{left.Value} and {right.Value} overlap in {graph}");
                }
            }
        }
    }

    private static Graph RandomGraph(Random random) => Trace(x =>
    {
        List<Tensor> values = [x.Reshape(32, 32), x.Slice(0, 0, 64).Reshape(8, 8).Exp()];
        for (int step = 0; step < 25; step++)
        {
            Tensor a = values[random.Next(values.Count)];
            Tensor b = values[random.Next(values.Count)];
            values.Add(random.Next(4) switch
            {
                0 => a.Exp(),
                1 => a.MatMul(a),
                2 => a + b.Sum(),
                _ => a * a.Mean([0], keepDimensions: true),
            });
        }

        return values.TakeLast(6).Select(value => value.Sum()).Aggregate((left, right) => left + right);
    });

    private static Graph Trace(Func<Tensor, Tensor> function) => Compilation.Trace(x => [function(x[0])], new TensorType(DataType.Float32, [1024]));
}
