using Nabla.Graphs;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

public sealed class CellTests
{
    [Fact]
    public void A_run_reads_cells_and_writes_them_when_it_is_over()
    {
        Cell weight = new("weight", Tensor.From(1f, 2f));
        Cell mean = new("mean", Tensor.From(0f, 0f));
        Executable step = new(Compilation.Trace(
            x =>
            {
                Tensor old = weight.Value;
                weight.Value = old + x[0];
                mean.Value = (mean.Value * 0.5) + weight.Value;
                return [old];
            },
            new TensorType(DataType.Float32, [2])));
        Tensor held = weight.Value;
        Tensor old = step.Run(Tensor.From(10f, 10f))[0];
        step.Run(Tensor.From(1f, 1f));
        Assert.Equal([1f, 2f], held.ToArray<float>());
        Assert.Equal([1f, 2f], old.ToArray<float>());
        Assert.Equal([12f, 13f], weight.Value.ToArray<float>());
        Assert.Equal([17.5f, 19f], mean.Value.ToArray<float>());
    }

    [Fact]
    public void A_tensor_that_was_read_from_a_cell_does_not_change_in_later_runs()
    {
        Cell counter = new("counter", Tensor.Scalar(0f));
        Executable count = new(Compilation.Trace(_ =>
        {
            counter.Value = counter.Value + 1;
            return [];
        }));
        List<Tensor> seen = [];
        for (int run = 0; run < 6; run++)
        {
            count.Run();
            if (run % 2 == 1)
            {
                seen.Add(counter.Value);
            }
        }

        Assert.Equal([2f, 4f, 6f], seen.Select(value => value.Item<float>()));
    }

    [Fact]
    public void Cells_that_change_places_or_share_a_value_have_memory_of_their_own()
    {
        Cell first = new("first", Tensor.Scalar(1f));
        Cell second = new("second", Tensor.Scalar(2f));
        Cell third = new("third", Tensor.Scalar(0f));
        Executable swap = new(Compilation.Trace(_ =>
        {
            (first.Value, second.Value) = (second.Value, first.Value);
            third.Value = first.Value + second.Value;
            Tensor sum = third.Value;
            return [sum];
        }));
        for (int run = 0; run < 3; run++)
        {
            Assert.Equal(3f, swap.Run()[0].Item<float>());
        }

        Assert.Equal([2f, 1f, 3f], new[] { first, second, third }.Select(cell => cell.Value.Item<float>()));
    }

    [Fact]
    public void Memory_that_nobody_has_read_is_written_in_place()
    {
        Cell weight = new("weight", Tensor.Zeros([1000]));
        Executable step = new(Compilation.Trace(_ =>
        {
            weight.Value = weight.Value + 1;
            return [];
        }));
        step.Run();
        Storage before = weight.Storage;
        step.Run();
        Assert.Same(before, weight.Storage);
        Assert.Equal(2f, weight.Value.AsSpan<float>()[999]);
    }
}
