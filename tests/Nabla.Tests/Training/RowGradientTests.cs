using Nabla.Backends.Cpu;
using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Ops.Indexing;
using Nabla.Optimizers;
using Nabla.Tests.Ops;
using Nabla.Training;
using Nabla.Transforms;

namespace Nabla.Tests.Training;

/// <summary>Gradients of tables that are read by rows: as few rows as were read, and the numbers of whole gradients.</summary>
[Collection(nameof(WorkerPool))]
public sealed class RowGradientTests
{
    private const int Words = 3001;
    private const int Size = 19;

    public static TheoryData<string> Optimizers => [.. Created.Keys];

    private static Dictionary<string, Func<Optimizer>> Created { get; } = new()
    {
        ["adam"] = () => new Adam(0.05),
        ["adam with clipping"] = () => new Adam(0.05) { ClipGlobalNorm = 0.01, ClipNorm = 0.02, ClipValue = 0.003 },
        ["adamw"] = () => new AdamW(0.05, 0.1),
        ["sgd"] = () => new Sgd(0.5),
        ["momentum"] = () => new Sgd(0.5, 0.9) { WeightDecay = 0.1 },
        ["adagrad"] = () => new Adagrad(0.1),
        ["nadam"] = () => new Nadam(0.05),
        ["rmsprop"] = () => new RmsProp(0.05, 0.8),
    };

    [Theory]
    [InlineData(DataType.Int32)]
    [InlineData(DataType.Int64)]
    public void Sums_of_rows_are_those_of_a_whole_table_in_ascending_order(DataType dataType)
    {
        Tensor indices = RandomKey.FromSeed(1).Integers([7, 31], 0, 60);
        Tensor rows = GradientCheck.Random([7, 31, 3, 5], 2);
        Tensor[] sums = new SumRows(50).Apply(rows, indices.Minimum(Tensor.Scalar(50)).To(dataType));
        int[] expected = [.. indices.ToArray<int>().Where(index => index < 50).Distinct().Order()];
        Assert.Equal([.. expected, .. Enumerable.Repeat(50, 50 - expected.Length)], sums[1].ToArray<int>());
        double[] table = new Scatter(0, 60).ApplyOne(rows, indices).Slice(0, 0, 50).ToArray<double>();
        double[] found = sums[0].ToArray<double>();
        for (int sum = 0; sum < 50; sum++)
        {
            double[] wanted = sum < expected.Length ? table[(15 * expected[sum])..(15 * (expected[sum] + 1))] : new double[15];
            Assert.Equal(wanted, found[(15 * sum)..(15 * (sum + 1))]);
        }
    }

    [Fact]
    public void Sums_of_rows_of_many_and_of_no_indices_are_right()
    {
        Tensor indices = RandomKey.FromSeed(1).Integers([5000], 0, 1 << 24);
        Tensor rows = RandomKey.FromSeed(2).Normal([5000, 2]);
        Tensor[] sums = new SumRows(1 << 24).Apply(rows, indices);
        int[] order = [.. indices.ToArray<int>().Distinct().Order()];
        Assert.Equal(order, sums[1].ToArray<int>()[..order.Length]);
        Assert.Equal(rows.Sum().ToDouble(), sums[0].Sum().ToDouble(), 1e-2);
        Assert.Equal([0, 2], new SumRows(4).Apply(Tensor.Zeros([0, 2]), Tensor.Zeros([0], DataType.Int32))[0].Shape);
    }

    [Fact]
    public void Sums_of_rows_have_the_gradient_of_differences()
    {
        Tensor indices = Tensor.From(4, 1, 4, 6, 0, 1);
        GradientCheck.Verify(x => new SumRows(6).Apply(x[0], indices)[0].Square(), GradientCheck.Random([6, 3], 1));
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Steps_by_rows_have_the_bits_of_steps_with_whole_gradients(string name)
    {
        (KeyValuePair<string, Parameter>[] byRows, KeyValuePair<string, Parameter>[] whole) = (Table(), Table());
        (Optimizer rowOptimizer, Optimizer wholeOptimizer) = (Created[name](), Created[name]());
        CompiledUpdate compiled = new(rowOptimizer, byRows);
        for (int step = 0; step < 4; step++)
        {
            ParameterGradient gradient = Gradient(step, 40 + step);
            compiled.Apply([gradient]);
            wholeOptimizer.Apply(whole, [gradient.Whole(whole[0].Value.Type)]);
        }

        Assert.Equal(whole[0].Value.Value.ToArray<float>(), byRows[0].Value.Value.ToArray<float>());
        foreach ((string slot, Tensor value) in wholeOptimizer.State)
        {
            Assert.Equal(value.ToArray<float>(), rowOptimizer.State[slot].ToArray<float>());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lazy_adam_takes_a_step_of_adam_for_the_rows_that_were_read_and_leaves_the_others(bool compile)
    {
        KeyValuePair<string, Parameter>[] parameters = Table();
        float[] first = parameters[0].Value.Value.ToArray<float>();
        double[] expected = [.. first.Select(value => (double)value)];
        (double[] mean, double[] square) = (new double[first.Length], new double[first.Length]);
        Adam optimizer = new(0.05) { Lazy = true };
        CompiledUpdate compiled = new(optimizer, parameters);
        HashSet<int> read = [];
        for (int step = 1; step <= 4; step++)
        {
            ParameterGradient gradient = Gradient(step, 40);
            read.UnionWith(gradient.Rows!.ToArray<int>());
            Naive(gradient, step);
            if (compile)
            {
                compiled.Apply([gradient]);
            }
            else
            {
                optimizer.Apply(parameters, [gradient]);
            }
        }

        float[] found = parameters[0].Value.Value.ToArray<float>();
        for (int index = 0; index < found.Length; index++)
        {
            Assert.Equal(expected[index], found[index], 1e-5);
            Assert.True(read.Contains(index / Size) || (found[index] == first[index] && mean[index] == 0));
        }

        void Naive(ParameterGradient gradient, int step)
        {
            float[] values = gradient.Values.ToArray<float>();
            int[] rows = gradient.Rows!.ToArray<int>();
            for (int element = 0; element < values.Length && rows[element / Size] < Words; element++)
            {
                int at = (rows[element / Size] * Size) + (element % Size);
                mean[at] = (0.9 * mean[at]) + (0.1 * values[element]);
                square[at] = (0.999 * square[at]) + (0.001 * values[element] * values[element]);
                expected[at] -= 0.05 * mean[at] / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(square[at] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }
        }
    }

    [Fact]
    public void A_compiled_step_makes_no_table_and_a_lazy_one_works_on_the_rows_that_were_read_alone()
    {
        Sequential model = Model(Words);
        KeyValuePair<string, Parameter>[] parameters = [.. model.TrainableParameters];
        EagerPass pass = new(model, new SparseCategoricalCrossEntropy(), parameters);
        ParameterGradient[] gradients = [];
        Graph graph = Tracer.Trace(
            x => [.. (gradients = pass.Run(x[0], x[1], x[2], RandomKey.FromSeed(3), penalties: true).Gradients).SelectMany(gradient => gradient.Parts)],
            ("input", new TensorType(DataType.Int32, [4, 6])), ("targets", new TensorType(DataType.Int32, [4])), ("shares", new TensorType(DataType.Float64, [4]))).Optimize();
        Assert.Equal([24, Size], gradients[0].Values.Shape);
        Assert.All(graph.Nodes.SelectMany(node => node.Results), result => Assert.True(result.Type.Shape.ElementCount < Words));
        Graph update = Tracer.Trace(
            x =>
            {
                Adam optimizer = new() { Lazy = true };
                optimizer.Advance();
                optimizer.Change([parameters[0]], [new ParameterGradient(x[0], x[1])]);
                return [];
            },
            ("rows", gradients[0].Values.Type), ("indices", gradients[0].Rows!.Type)).Optimize();
        Nabla.Graphs.Node step = update.Nodes.Single(node => node.Op is Nabla.Ops.Optimizers.RowStep);
        Assert.Equal(12.0 * 24 * Size, step.Op.Flops([.. step.Inputs.Select(input => input.Type)], [.. step.Results.Select(result => result.Type)]));
        Assert.Equal(0, new Executable(update).ArenaBytes);
    }

    [Fact]
    public void A_table_that_is_also_read_as_a_whole_gets_the_sum_of_both_gradients()
    {
        Tensor table = GradientCheck.Random([9, 4], 1);
        Tensor indices = Tensor.From(3, 3, 0, 8);
        (Tensor value, Tape tape) = Tape.Record([table], () => (table.Gather(0, indices) * table.Gather(0, indices + 0)).Sum() + table.Gather(0, indices).MatMul(table, transposeRight: true).Sum());
        Tensor one = Tensor.Ones(Shape.Scalar, DataType.Float64);
        ParameterGradient found = tape.BackwardByRows(value, one, [table])[0]!.Value;
        Assert.Null(found.Rows);
        double[] expected = tape.Backward(value, one, [table])[0]!.ToArray<double>();
        Assert.All(expected.Zip(found.Values.ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void A_table_that_is_read_twice_gets_the_rows_of_both()
    {
        Tensor table = GradientCheck.Random([9, 4], 1);
        (Tensor value, Tape tape) = Tape.Record([table], () => (table.Gather(0, Tensor.From([3, 3, 0, 8], [2, 2])).Square().Sum() + table.Gather(0, Tensor.From(0L, 5L)).Exp().Sum()));
        Tensor one = Tensor.Ones(Shape.Scalar, DataType.Float64);
        ParameterGradient found = tape.BackwardByRows(value, one, [table])[0]!.Value;
        Assert.Equal([0, 3, 5, 8, 9, 9], found.Rows!.ToArray<int>());
        double[] expected = tape.Backward(value, one, [table])[0]!.ToArray<double>();
        Assert.All(expected.Zip(found.Whole(table.Type).ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(
            found.Whole(table.Type).ToArray<double>().Select(number => 2 * number), found.Plus(found, table.Type).Whole(table.Type).ToArray<double>());
    }

    [Fact]
    public void Training_by_rows_and_accumulated_gives_the_same_as_training_op_by_op()
    {
        float[] Train(bool compile)
        {
            Sequential model = Model(31);
            Trainer trainer = new(model, new SparseCategoricalCrossEntropy(), new Adam(0.01) { Lazy = true }) { Compile = compile };
            Tensor texts = RandomKey.FromSeed(1).Integers([10, 6], 0, 31);
            Tensor labels = RandomKey.FromSeed(2).Integers([10], 0, 3);
            trainer.Fit(Nabla.Data.Dataset.FromTensors(texts, labels), null, new FitOptions { Epochs = 2, BatchSize = 2, GradientAccumulation = 2 });
            return model.Parameters[0].Value.ToArray<float>();
        }

        Assert.All(Train(true).Zip(Train(false)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    private static Sequential Model(int words) => new(
        [6], seed: 1, new Embedding(words, Size, paddingIndex: 0), new GlobalAveragePool1D(), new Dense(3, ActivationKind.Softmax));

    private static KeyValuePair<string, Parameter>[] Table() =>
        [KeyValuePair.Create("table", new Parameter("table", RandomKey.FromSeed(5).Normal([Words, Size])))];

    private static ParameterGradient Gradient(int seed, int count) => ParameterGradient.OfRows(
        new TensorType(DataType.Float32, [Words, Size]),
        [(RandomKey.FromSeed(100 + seed).Normal([count, Size]), RandomKey.FromSeed(200 + seed).Integers([count], Words - 60, Words))]);
}
