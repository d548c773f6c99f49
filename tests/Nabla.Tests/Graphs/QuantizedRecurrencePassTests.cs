using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Ops.Indexing;
using Nabla.Ops.Quantization;
using Nabla.Ops.Recurrent;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

/// <summary>What recurrent networks of bytes and tables of bytes become when they are compiled.</summary>
public sealed class QuantizedRecurrencePassTests
{
    private static readonly RandomKey Key = RandomKey.FromSeed(5);

    [Theory]
    [InlineData("Lstm", false)]
    [InlineData("Gru", true)]
    [InlineData("Tanh", false)]
    public void Steps_of_rounded_states_multiply_bytes(string name, bool reverse)
    {
        RecurrentCell cell = Enum.Parse<RecurrentCell>(name);
        Recurrence op = new(cell, reverse, RoundsStates: true);
        Func<Tensor> kernel = Kernel(12, cell.Gates() * 12);
        Tensor x = Key.Normal([3, 6, cell.Gates() * 12]);
        Tensor Run(Tensor given) => op.Apply([.. Operands(given, cell, kernel)])[0];
        Graph graph = Compilation.Trace(given => [Run(given[0])], x.Type).Optimize(exact: false);
        Assert.Single(graph.Nodes, node => node.Op is QuantizedRecurrence);
        Assert.DoesNotContain(graph.Nodes, node => node.Op is Recurrence or Dequantize);
        float[] expected = Run(x).ToArray<float>();
        Assert.All(new Executable(graph).Run(x)[0].ToArray<float>().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        Assert.All(RecurrenceComposition.Forward(op, [.. Operands(x, cell, kernel)])[0].ToArray<float>().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
    }

    [Fact]
    public void Gates_that_somebody_reads_keep_the_steps_float()
    {
        Recurrence op = new(RecurrentCell.Lstm, Reverse: false, RoundsStates: true);
        Func<Tensor> kernel = Kernel(5, 20);
        Graph graph = Compilation.Trace(given => [op.Apply([.. Operands(given[0], op.Cell, kernel)])[2]], new TensorType(DataType.Float32, [3, 6, 20])).Optimize(exact: false);
        Assert.DoesNotContain(graph.Nodes, node => node.Op is QuantizedRecurrence);
    }

    [Fact]
    public void Rectified_states_cannot_be_rounded()
    {
        Recurrence op = new(RecurrentCell.Relu, Reverse: false, RoundsStates: true);
        Assert.Contains(
            "a cell whose states have a largest number",
            Assert.Throws<ArgumentException>(() => op.Apply([.. Operands(Key.Normal([1, 2, 3]), op.Cell, Kernel(3, 3))])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_bytes_is_multiplied_once_and_its_products_are_looked_up_with_the_same_bits()
    {
        Parameter table = new("table", Key.Fold(1).Integers([11, 24], 0, 256, DataType.UInt8));
        Parameter scale = new("scale", Key.Fold(2).Uniform([11], 0.001, 0.01));
        Tensor zero = Tensor.Full([11], 128, DataType.UInt8);
        Func<Tensor> kernel = Kernel(24, 40);
        Tensor[] Run(Tensor[] x)
        {
            Tensor rows = table.Value.Gather(0, x[0]).Dequantize(scale.Value.Gather(0, x[0]), zero.Gather(0, x[0]));
            return [(rows.Reshape(-1, 24).MatMul(kernel()) + Tensor.Ones([40])).Reshape(3, 5, 40)];
        }

        Tensor indices = Key.Integers([3, 5], 0, 11, DataType.Int32);
        Graph graph = Compilation.Trace(Run, indices.Type).Optimize(exact: false);
        QuantizedProduct op = Assert.IsType<QuantizedProduct>(Assert.Single(graph.Nodes, node => node.Op is QuantizedProduct).Op);
        Assert.True(op.HasBias);
        Node lookup = Assert.Single(graph.Nodes, node => node.Op is Gather);
        Assert.Equal(new TensorType(DataType.Float32, [11, 40]), lookup.Inputs[0].Type);
        float[] expected = Run([indices])[0].ToArray<float>();
        Assert.All(new Executable(graph).Run(indices)[0].ToArray<float>().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    [Theory]
    [InlineData("Int32")]
    [InlineData("Int64")]
    public void Steps_look_up_the_products_of_a_table_with_the_same_bits(string indexType)
    {
        Parameter table = new("table", Key.Fold(1).Normal([11, 28]));
        Recurrence op = new(RecurrentCell.Lstm, Reverse: true, RoundsStates: true);
        Func<Tensor> kernel = Kernel(7, 28);
        Tensor indices = Key.Integers([3, 5], 0, 11, Enum.Parse<DataType>(indexType));
        Tensor Run(Tensor given) => op.Apply([.. Operands(table.Value.Gather(0, given), op.Cell, kernel)])[0];
        Graph graph = Compilation.Trace(given => [Run(given[0])], indices.Type).Optimize(exact: false);
        Assert.Single(graph.Nodes, node => node.Op is QuantizedRecurrence { LooksUp: true });
        Assert.DoesNotContain(graph.Nodes, node => node.Op is Gather);
        Graph copied = Compilation.Trace(given => [op.Apply([.. Operands(given[0], op.Cell, kernel)])[0]], new TensorType(DataType.Float32, [3, 5, 28])).Optimize(exact: false);
        Assert.Equal(new Executable(copied).Run(table.Value.Gather(0, indices))[0].ToArray<float>(), new Executable(graph).Run(indices)[0].ToArray<float>());
        Assert.Contains(
            "Gather expects indices from 0 to 10 but got 11 at",
            Assert.Throws<ArgumentException>(() => new Executable(graph).Run(indices * 0 + 11)).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<Tensor> Operands(Tensor projected, RecurrentCell cell, Func<Tensor> kernel)
    {
        (int batch, int units) = (projected.Shape[0], projected.Shape[2] / cell.Gates());
        yield return projected;
        yield return kernel();
        yield return Tensor.Zeros([cell.Gates() * units]);
        yield return Tensor.From([.. Enumerable.Range(0, batch).Select(row => projected.Shape[1] - row)]);
        yield return Key.Fold(7).Uniform([batch, units], -2, 2);
        if (cell == RecurrentCell.Lstm)
        {
            yield return Key.Fold(8).Uniform([batch, units], -2, 2);
        }
    }

    // What depends on nothing but numbers is computed while a function is traced; what a parameter holds is not.
    private static Func<Tensor> Kernel(int steps, int columns)
    {
        Parameter bytes = new("bytes", Key.Fold(columns).Integers([steps, columns], -63, 64, DataType.Int8));
        return () => bytes.Value.Dequantize(Key.Uniform([columns], 0.001, 0.004), Tensor.Zeros([columns], DataType.Int8), 1);
    }
}
