using CsCheck;
using Nabla.Backends.Cpu;

namespace Nabla.Tests.Ops;

/// <summary>What holds for all shapes and values.</summary>
[Collection(nameof(WorkerPool))]
public sealed class LawTests
{
    private static readonly Gen<int[]> Shapes = Gen.Int[1, 6].Array[0, 4];

    private static readonly Gen<Tensor> Tensors = Gen.Select(Shapes, Gen.Long, (shape, seed) => Numbers(shape, seed));

    [Fact]
    public void Reshapes_and_transposes_can_be_undone() => Gen.Select(Tensors, Gen.Long).Sample((x, seed) =>
    {
        int[] order = RandomKey.FromSeed(seed).Permutation(x.Rank).ToArray<int>();
        int[] inverse = [.. Enumerable.Range(0, x.Rank).Select(axis => Array.IndexOf(order, axis))];
        Same(x, x.Reshape(-1).Reshape(x.Shape.AsSpan()));
        Same(x, new Nabla.Ops.Shapes.Transpose(inverse).ApplyOne(new Nabla.Ops.Shapes.Transpose(order).ApplyOne(x)));
        Same(x, x.Flip().Flip());
    });

    [Fact]
    public void Broadcasting_equals_tiling() => Gen.Select(Tensors, Gen.Long).Sample((x, seed) =>
    {
        int[] kept = RandomKey.FromSeed(seed).Bernoulli([x.Rank]).To(DataType.Int32).ToArray<int>();
        Shape small = x.Shape.Zip(kept, (size, keep) => keep == 1 ? size : 1).ToArray();
        Tensor y = Numbers(small, seed);
        Tensor tiled = y.Tile([.. x.Shape.Zip(kept, (size, keep) => keep == 1 ? 1 : size)]);
        Same(y.BroadcastTo(x.Shape), tiled);
        Same(x - y, x - tiled);
        Same(y * x, tiled * x);
        Same((x > y).To(DataType.Float64), (x > tiled).To(DataType.Float64));
        Same((y > 0).Where(x, y), (tiled > 0).Where(x, tiled));
    });

    [Fact]
    public void Softmax_sums_to_one() => Gen.Select(Tensors.Where(x => x.Rank > 0), Gen.Int[0, 3], Gen.Double[0, 300]).Sample((x, axis, scale) =>
    {
        Tensor probabilities = (x * scale).Softmax(axis % x.Rank);
        Assert.True(probabilities.Sum([axis % x.Rank]).AllClose(Tensor.Ones([], DataType.Float64), 1e-14, 0));
        Assert.True((probabilities >= 0).All().Item<bool>());
    });

    [Fact]
    public void What_was_cut_can_be_joined() => Gen.Select(Tensors.Where(x => x.Rank > 0), Gen.Int[0, 3], Gen.Int[0, 6]).Sample((x, at, cut) =>
    {
        int axis = at % x.Rank;
        int first = Math.Min(cut, x.Shape[axis]);
        Same(x, ShapeOps.Concatenate(axis, x.Split(axis, [first, x.Shape[axis] - first])));
        Same(x, x.Pad(axis, cut, 1).Slice(axis, cut, x.Shape[axis]));
        Same(x, x.Roll(cut, axis).Roll(-cut, axis));
        Same(x, x.CumulativeSum(axis) - x.CumulativeSum(axis).Pad(axis, 1, 0).Slice(axis, 0, x.Shape[axis]), 1e-13);
    });

    [Fact]
    public void Scattering_is_the_adjoint_of_gathering() => Gen.Select(Tensors.Where(x => x.Rank > 0), Gen.Int[0, 3], Gen.Int[0, 9], Gen.Long).Sample((x, at, count, seed) =>
    {
        int axis = at % x.Rank;
        Tensor indices = RandomKey.FromSeed(seed).Integers([count], 0, x.Shape[axis]);
        Tensor updates = Numbers(x.Shape.With(axis, count), seed + 1);
        double gathered = (x.Gather(axis, indices) * updates).Sum().ToDouble();
        double scattered = (x * Tensor.Zeros(x.Shape, DataType.Float64).ScatterAdd(axis, indices, updates)).Sum().ToDouble();
        Assert.Equal(gathered, scattered, 1e-12);
    });

    [Fact]
    public void Two_numbers_are_less_equal_or_greater() => Gen.Select(Shapes, Gen.Long).Sample((shape, seed) =>
    {
        Tensor x = RandomKey.FromSeed(seed).Integers(shape, 0, 3);
        Tensor y = RandomKey.FromSeed(seed).Fold(1).Integers(shape, 0, 3);
        Tensor count = (x < y).To(DataType.Int32) + x.Equal(y).To(DataType.Int32) + (x > y).To(DataType.Int32);
        Assert.True(count.Equal(1).All().Item<bool>());
        Assert.True((x <= y).Equal((x > y).LogicalNot()).All().Item<bool>());
    });

    [Fact]
    public void Keys_that_are_folded_differently_never_repeat() => Gen.Select(Gen.Long, Gen.Long[0, 1000], Gen.Long[0, 1000]).Sample((seed, first, second) =>
    {
        RandomKey key = RandomKey.FromSeed(seed);
        RandomKey[] keys = [key, key.Fold(first), key.Fold(first).Fold(second), key.Fold(second), key.Fold("a"), key.Fold("b"), key.Fold("a").Fold(first), key.Fold("ab")];
        Assert.Equal(first == second ? 7 : 8, keys.Distinct().Count());
        Assert.Equal(first == second ? 7 : 8, keys.Select(one => one.Integers([], long.MinValue, long.MaxValue, DataType.Int64).Item<long>()).Distinct().Count());
    });

    [Fact]
    public void Sums_do_not_depend_on_the_number_of_threads() => Gen.Select(Gen.Int[1, 40].Array[1, 3], Gen.Int[1, 4000], Gen.Int[0, 3], Gen.Long).Sample(
        (outer, inner, at, seed) =>
        {
            int[] shape = [.. outer, inner];
            Shape bounded = shape.Aggregate(1L, (product, size) => product * size) < 300_000 ? shape : [.. shape[^2..]];
            Tensor x = RandomKey.FromSeed(seed).Normal(bounded);
            Tensor[] sums = [.. Backends.Cpu.Threads.Counts.Select(count =>
            {
                Tensor result = x;
                Backends.Cpu.Threads.With(count, () => result = ShapeOps.Concatenate(0, x.Sum([at % x.Rank]).Reshape(-1), x.Sum().Reshape(1)));
                return result;
            })];
            Assert.Equal(sums[0].AsBytes(), sums[1].AsBytes());
            Assert.Equal(sums[0].AsBytes(), sums[2].AsBytes());
        },
        threads: 1,
        iter: 30);

    private static Tensor Numbers(Shape shape, long seed) => RandomKey.FromSeed(seed).Uniform(shape, -1, 1, DataType.Float64);

    private static void Same(Tensor expected, Tensor actual, double tolerance = 0)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(actual.AllClose(expected, 0, tolerance), $"Expected {expected} but got {actual}.");
    }
}
