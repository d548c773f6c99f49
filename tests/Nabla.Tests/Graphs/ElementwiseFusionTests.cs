using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Tests.Ops;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

public sealed class ElementwiseFusionTests
{
    [Fact]
    public void A_chain_becomes_one_op_and_gives_only_what_is_read_outside()
    {
        Graph graph = Compilation.Trace(x => [((x[0] * 2) + x[1]).Exp().Sqrt()], new TensorType(DataType.Float32, [30, 40]), new TensorType(DataType.Float32, [40])).FuseElementwise();
        Node fused = Assert.Single(graph.Nodes);
        Assert.Equal("Fused", fused.Op.Name);
        Assert.Single(fused.Results);
        Assert.Contains("Fused{ Multiply, Add, Exp, Sqrt }", graph.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_reader_outside_needs_ends_a_group()
    {
        Graph graph = Compilation.Trace(
            x =>
            {
                Tensor y = (x[0] * 2).Exp();
                return [(y / y.Sum([1], keepDimensions: true)).Sqrt()];
            },
            new TensorType(DataType.Float32, [5, 7])).FuseElementwise();
        Assert.Equal(["Fused", "Sum", "Fused"], graph.Nodes.Select(node => node.Op.Name));
    }

    [Theory]
    [InlineData(new[] { 700, 3 }, new[] { 3 })]
    [InlineData(new[] { 33, 65 }, new[] { 33, 1 })]
    [InlineData(new[] { 3, 1700 }, new[] { 1700 })]
    [InlineData(new[] { 5, 7, 11, 3 }, new[] { 7, 1, 3 })]
    [InlineData(new[] { 5, 1, 11, 3 }, new[] { 5, 1, 1, 3 })]
    [InlineData(new[] { 20000 }, new[] { 1 })]
    [InlineData(new[] { 2, 1, 9000 }, new int[0])]
    public void Repeated_inputs_give_the_bits_of_the_ops_alone(int[] shape, int[] repeated)
    {
        foreach (DataType type in (DataType[])[DataType.Float32, DataType.Float64])
        {
            Tensor[] inputs = [GradientCheck.Random(shape, seed: 1).To(type), GradientCheck.Random(repeated, seed: 2).To(type)];
            AssertFusedGivesTheSame(x => [((x[0] * x[1]) - x[1]).Tanh() * x[0]], inputs);
        }
    }

    [Fact]
    public void Random_expressions_give_the_bits_of_the_ops_alone()
    {
        Shape[] shapes = [[4, 9, 33], [33], [9, 1], [4, 1, 33], [], [1, 9, 33]];
        Tensor[] inputs = [.. shapes.Select((shape, seed) => GradientCheck.Random(shape, seed, 0.5, 1.5).To(DataType.Float32))];
        for (int seed = 0; seed < 20; seed++)
        {
            int trial = seed;
            AssertFusedGivesTheSame(x => RandomExpression(new Random(trial), x), inputs);
        }
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        int threads = Threads.Count;
        Tensor input = GradientCheck.Random([100_003], seed: 3);
        Executable executable = new(Compilation.Trace(x => [(x[0].Exp() * 3).Sigmoid() - x[0]], input.Type).FuseElementwise());
        try
        {
            Threads.Count = 1;
            Tensor[] one = executable.Run(input);
            Threads.Count = 3;
            CompilationTests.AssertSame(one, executable.Run(input));
        }
        finally
        {
            Threads.Count = threads;
        }
    }

    [Fact]
    public void Comparisons_choices_logic_and_casts_stand_in_one_chain()
    {
        TensorType type = new(DataType.Float32, [9, 33]);
        Graph graph = Compilation.Trace(
            x => [x[0].Greater(0).LogicalAnd(x[0].Less(x[1])).Where(x[0] * 2, x[1]) + x[1].GreaterOrEqual(0.5).To(DataType.Float32)], type, type).FuseElementwise();
        Assert.Equal(["Fused"], graph.Nodes.Select(node => node.Op.Name));
    }

    [Theory]
    [InlineData(new[] { 700, 3 }, new[] { 3 })]
    [InlineData(new[] { 33, 65 }, new[] { 33, 1 })]
    [InlineData(new[] { 3, 1700 }, new[] { 1700 })]
    [InlineData(new[] { 5, 7, 11, 3 }, new[] { 7, 1, 3 })]
    [InlineData(new[] { 20011 }, new[] { 1 })]
    [InlineData(new[] { 20011 }, new[] { 20011 })]
    [InlineData(new[] { 2, 1, 9000 }, new int[0])]
    public void Booleans_in_a_chain_are_read_repeated_and_given_back(int[] shape, int[] repeated)
    {
        foreach (DataType type in (DataType[])[DataType.Float32, DataType.Float64])
        {
            Tensor x = GradientCheck.Random(shape, seed: 1).To(type);
            Tensor y = GradientCheck.Random(repeated, seed: 2).To(type);
            Tensor mask = RandomKey.FromSeed(3).Integers(repeated, 0, 2).To(DataType.Bool);
            AssertFusedGivesTheSame(
                v =>
                {
                    Tensor both = v[0].Greater(v[1]).LogicalAnd(v[2]);
                    Tensor chosen = both.Where(v[0] * 3, v[1] - v[0]);
                    return [both, chosen, v[2].Where(chosen, 0).To(DataType.Bool), v[2].To(type) * chosen, both.LogicalOr(chosen.Equal(v[1]))];
                },
                [x, y, mask]);
        }
    }

    [Fact]
    public void A_comparison_with_what_is_not_a_number_is_the_same_in_a_chain()
    {
        Tensor x = Tensor.From([float.NaN, 1f, -0f, 0f, float.PositiveInfinity, float.NegativeInfinity, float.NaN]);
        Tensor y = Tensor.From([1f, float.NaN, 0f, -0f, float.PositiveInfinity, 0f, float.NaN]);
        AssertFusedGivesTheSame(
            v => [v[0].Equal(v[1]).Where(v[0] + 1, v[1]), v[0].NotEqual(v[1]).To(DataType.Float32), v[0].To(DataType.Bool).Where(v[1] * 2, v[0]), v[0].Less(v[1])], [x, y]);
    }

    private static Tensor[] RandomExpression(Random random, Tensor[] inputs)
    {
        List<Tensor> values = [.. inputs];
        for (int step = 0; step < 30; step++)
        {
            Tensor a = values[random.Next(values.Count)];
            Tensor b = values[random.Next(values.Count)];
            values.Add(random.Next(6) switch
            {
                0 => a + b,
                1 => (a * b).Tanh(),
                2 => a.Sigmoid(),
                3 => a - (b * 0.25),
                4 => a.Abs().Sqrt(),
                _ => a.Relu() + b,
            });
        }

        return [values[^1], values[^3], values[^9]];
    }

    private static void AssertFusedGivesTheSame(Func<Tensor[], Tensor[]> function, Tensor[] inputs)
    {
        Graph graph = Compilation.Trace(function, [.. inputs.Select(input => input.Type)]).FuseElementwise();
        Assert.Contains(graph.Nodes, node => node.Op.Name == "Fused");
        CompilationTests.AssertSame(function(inputs), new Executable(graph).Run(inputs));
    }
}
