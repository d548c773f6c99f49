using Nabla.Backends.Cpu;
using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Ops.Indexing;
using Nabla.Ops.Products;
using Nabla.Ops.Recurrent;
using Nabla.Training;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

/// <summary>Products of rows that are looked up more than once: what is computed once, and that it is the same.</summary>
[Collection(nameof(WorkerPool))]
public sealed class RepeatedRowsTests
{
    private const int Batch = 41;
    private const int Time = 27;
    private const int Words = 61;
    private const int Size = 67;

    private static readonly RandomKey Key = RandomKey.FromSeed(9);

    public static TheoryData<string> Networks => [.. Created.Keys];

    private static Dictionary<string, Func<Layer[]>> Created { get; } = new()
    {
        ["lstm"] = () => [new Embedding(Words, Size), new Lstm(17)],
        ["lstm of padded texts"] = () => [new Embedding(Words, Size, paddingIndex: 3), new Lstm(17)],
        ["backward rnn"] = () => [new Embedding(Words, Size), new SimpleRnn(18) { GoBackwards = true }],
        ["bidirectional gru of padded texts"] = () => [new Embedding(Words, Size, paddingIndex: 0), new Bidirectional(new Gru(16))],
        ["lstm with dropped states"] = () => [new Embedding(Words, Size), new Lstm(17) { RecurrentDropout = 0.25 }],
        ["two dense layers"] = () => [new Embedding(Words, Size), new Dense(71, ActivationKind.Relu), new Dense(18, ActivationKind.Tanh), new GlobalAveragePool1D()],
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Gradients_are_those_of_all_products(string name)
    {
        Sequential model = new([Time], seed: 1, [.. Created[name](), new Dense(3, ActivationKind.Softmax)]);
        Tensor texts = Key.Integers([Batch, Time], 0, Words), labels = Key.Fold(1).Integers([Batch], 0, 3), shares = Tensor.Full([Batch], 1.0 / Batch, DataType.Float64);
        KeyValuePair<string, Parameter>[] parameters = [.. model.TrainableParameters];
        EagerPass pass = new(model, new SparseCategoricalCrossEntropy(), parameters);
        Tensor[] Run(Tensor[] x)
        {
            Pass result = pass.Run(x[0], x[1], x[2], RandomKey.FromSeed(3), penalties: true);
            return [result.Loss, result.Outputs, .. result.Gradients.SelectMany(gradient => gradient.Parts)];
        }

        Graph graph = Tracer.Trace(Run, ("input", texts.Type), ("targets", labels.Type), ("shares", shares.Type)).Optimize(exact: false);
        Assert.Equal(graph.ToString(), graph.Optimize(exact: false).ToString());
        Assert.Contains(graph.Nodes, node => node.Op is CountedProduct);
        Assert.DoesNotContain(graph.Nodes, node => node.Op is MatMul or DenseProduct && node.Inputs[0].Type.Shape.Contains(Size));
        Tensor[] expected = Run([texts, labels, shares]);
        CompilationTests.AssertClose(expected, new Executable(graph).Run(texts, labels, shares), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Answers_have_the_same_bits(string name)
    {
        Sequential model = new([Time], seed: 1, Created[name]());
        foreach (int words in (int[])[1, 7, Words])
        {
            Tensor texts = Key.Fold(words).Integers([Batch, Time], 0, words);
            Graph graph = Compilation.Trace(x => [model.Forward(x[0])], texts.Type).Optimize(exact: false);
            Assert.Contains(graph.Nodes, node => node.Op is CountedProduct);
            Graph plain = Compilation.Trace(x => [model.Forward(x[0])], texts.Type).Optimize(exact: true);
            CompilationTests.AssertSame(new Executable(plain).Run(texts), new Executable(graph).Run(texts));
        }
    }

    [Fact]
    public void Few_rows_and_short_ones_are_multiplied_as_they_are()
    {
        foreach ((int batch, int size) in ((int, int)[])[(9, Size), (Batch, 19)])
        {
            Sequential model = new([Time], seed: 1, new Embedding(Words, size), new Lstm(17));
            Graph graph = Compilation.Trace(x => [model.Forward(x[0])], new TensorType(DataType.Int32, [batch, Time])).Optimize(exact: false);
            Assert.DoesNotContain(graph.Nodes, node => node.Op is CountedProduct);
        }
    }

    [Theory]
    [InlineData(DataType.Int32, null)]
    [InlineData(DataType.Int64, 5)]
    public void Distinct_rows_stand_in_the_order_of_their_indices(DataType dataType, int? blank)
    {
        Tensor table = Key.Normal([50, 7]), indices = Key.Integers([9, 11], 2, 40);
        Tensor[] found = new DistinctRows(blank).Apply(table, indices.To(dataType));
        int[] names = indices.ToArray<int>(), expected = [.. names.Distinct().Order()];
        Assert.Equal([.. expected, .. Enumerable.Repeat(50, 50 - expected.Length)], found[1].ToArray<int>());
        Assert.Equal(names.Select(name => Array.IndexOf(expected, name)), found[2].ToArray<int>());
        Assert.Equal(indices.Shape, found[2].Shape);
        float[] rows = table.ToArray<float>();
        float[] wanted = [.. expected.SelectMany(name => name == blank ? new float[7] : rows[(7 * name)..(7 * (name + 1))]), .. new float[7 * (50 - expected.Length)]];
        Assert.Equal(wanted, found[0].ToArray<float>());
        Assert.Contains(
            "DistinctRows expects indices from 0 to 49 but got",
            Assert.Throws<ArgumentException>(() => new DistinctRows(blank).Apply(table, indices + 49)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sum_of_a_blank_index_is_zero_and_has_its_row()
    {
        Tensor rows = Key.Normal([70, 5]), indices = Key.Integers([70], 0, 9);
        Tensor[] all = new SumRows(9).Apply(rows, indices), without = new SumRows(9, Blank: 4).Apply(rows, indices);
        Assert.Equal(all[1].ToArray<int>(), without[1].ToArray<int>());
        float[] expected = all[0].ToArray<float>();
        expected.AsSpan(4 * 5, 5).Clear();
        Assert.Equal(expected, without[0].ToArray<float>());
    }

    [Theory]
    [InlineData(DataType.Float32, 0)]
    [InlineData(DataType.Float32, 37)]
    [InlineData(DataType.Float64, 53)]
    public void Counted_products_are_those_of_the_rows_that_count(DataType dataType, int count)
    {
        const int Most = 53;
        Tensor rows = Tensor.From([.. Enumerable.Range(0, Most).Select(row => row < count ? 2 * row : 200)]);
        Tensor left = Key.Normal([Most, 29], dataType: dataType), kernel = Key.Fold(1).Normal([29, 23], dataType: dataType);
        Tensor bias = Key.Fold(2).Normal([23], dataType: dataType), cotangent = Key.Fold(3).Normal([Most, 23], dataType: dataType);
        Tensor some = left.Slice(0, 0, count);
        Check(new DenseProduct(Rectifies: true).ApplyOne(some, kernel, bias), new CountedProduct(new DenseProduct(Rectifies: true), 200, Fills: true).ApplyOne(left, kernel, bias, rows));
        Check(some.MatMul(kernel), new CountedProduct(new MatMul(), 200, Fills: true).ApplyOne(left, kernel, rows));
        Check(
            cotangent.Slice(0, 0, count).MatMul(kernel, transposeRight: true),
            new CountedProduct(new MatMul(TransposeRight: true), 200, Fills: true).ApplyOne(cotangent, kernel, rows));
        Assert.Equal(
            new MatMul(TransposeLeft: true).ApplyOne(some, cotangent.Slice(0, 0, count)).To(DataType.Float64).ToArray<double>(),
            new CountedProduct(new MatMul(TransposeLeft: true), 200).ApplyOne(left, cotangent, rows).To(DataType.Float64).ToArray<double>());

        static void Check(Tensor expected, Tensor found) =>
            Assert.Equal(
                [.. expected.To(DataType.Float64).ToArray<double>(), .. new double[(Most - expected.Shape[0]) * expected.Shape[1]]],
                found.To(DataType.Float64).ToArray<double>());
    }

    [Theory]
    [InlineData("Lstm", false)]
    [InlineData("Gru", true)]
    [InlineData("Tanh", true)]
    [InlineData("Relu", false)]
    public void Steps_that_look_up_have_the_bits_of_steps_that_are_given_rows(string name, bool reverse)
    {
        Recurrence op = new(Enum.Parse<RecurrentCell>(name), reverse);
        int width = op.Cell.Gates() * 13;
        Tensor table = Key.Normal([31, width]), places = Key.Integers([19, 6], 0, 31);
        Tensor[] others = [Key.Fold(1).Normal([13, width]), Key.Fold(2).Normal([width]), Tensor.From([.. Enumerable.Range(0, 19).Select(row => row % 7)]), Key.Fold(3).Normal([19, 13])];
        others = op.Cell == RecurrentCell.Lstm ? [.. others, Key.Fold(4).Normal([19, 13])] : others;
        Tensor[] expected = op.Apply([table.Gather(0, places), .. others]);
        CompilationTests.AssertSame(expected, new CompiledRecurrence(op, expected.Length, LooksUp: true).Apply([table, .. others, places]));
        Assert.Contains(
            "CompiledRecurrence expects indices from 0 to 30 but got",
            Assert.Throws<ArgumentException>(() => new CompiledRecurrence(op, 1, LooksUp: true).Apply([table, .. others, places + 30])).Message, StringComparison.Ordinal);
    }
}
