using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Transforms;

namespace Nabla.Tests.Backends;

/// <summary>Kernels of a graph that has run before take no managed memory: the collector has nothing to do while a network trains.</summary>
public sealed class SteadyKernelTests
{
    private const int MostRounds = 20;

    private static readonly int[][] Kinds = [[24, 40], [24, 1], [40, 24]];

    public static TheoryData<string> Names => [.. Functions.Keys];

    private static Dictionary<string, Func<Tensor, Tensor, Tensor, Tensor>> Functions { get; } = new()
    {
        ["a function of one number"] = (x, y, z) => x.Exp(),
        ["a function of two numbers"] = (x, y, z) => x + y,
        ["a chain of functions"] = (x, y, z) => ((x * y) + 1).Tanh() * x,
        ["a comparison"] = (x, y, z) => x.Greater(y),
        ["a comparison of whole numbers"] = (x, y, z) => x.To(DataType.Int32).Equal(y.To(DataType.Int32)),
        ["a choice"] = (x, y, z) => x.Greater(y).Where(x, y),
        ["a choice of whole numbers"] = (x, y, z) => x.Greater(y).Where(x.To(DataType.Int64), y.To(DataType.Int64)),
        ["logic"] = (x, y, z) => x.Greater(y).LogicalXor(x.Less(0)).LogicalNot(),
        ["a cast to booleans"] = (x, y, z) => x.To(DataType.Int32).To(DataType.Bool),
        ["a cast of booleans"] = (x, y, z) => x.Greater(y).To(DataType.Int32),
        ["a cast to float64"] = (x, y, z) => x.To(DataType.Float64),
        ["a transpose"] = (x, y, z) => x.Transpose(),
        ["a transpose of three axes"] = (x, y, z) => x.Reshape(4, 6, 40).Transpose(2, 0, 1),
        ["a slice"] = (x, y, z) => x.Slice(1, 3, 7),
        ["padding"] = (x, y, z) => x.Pad(1, 2, 3, PadMode.Constant, 1.5),
        ["reflecting padding"] = (x, y, z) => x.Pad(1, 2, 3, PadMode.Reflect),
        ["a flip"] = (x, y, z) => x.Flip(0, 1),
        ["joined tensors"] = (x, y, z) => ShapeOps.Concatenate(1, x, y, x.Flip(1)),
        ["repetition"] = (x, y, z) => y.BroadcastTo([24, 40]).Flip(0),
        ["a running sum"] = (x, y, z) => x.CumulativeSum(0),
        ["a roll"] = (x, y, z) => x.Roll(3, 1),
        ["a sum along rows"] = (x, y, z) => x.Sum([1]),
        ["a sum down columns"] = (x, y, z) => x.Sum([0]),
        ["a mean of all"] = (x, y, z) => x.Mean(),
        ["a sum over axes apart"] = (x, y, z) => x.Reshape(4, 6, 40).Sum([0, 2]),
        ["a sum over three axes apart"] = (x, y, z) => x.Reshape(4, 2, 3, 8, 5).Sum([0, 2, 4]),
        ["a product"] = (x, y, z) => x.Prod([1]),
        ["the largest"] = (x, y, z) => x.Max([1]),
        ["the smallest"] = (x, y, z) => x.Min([0]),
        ["where the largest is"] = (x, y, z) => x.ArgMax(1),
        ["softmax"] = (x, y, z) => x.Softmax(),
        ["softmax over another axis"] = (x, y, z) => x.Softmax(0),
        ["the logarithm of softmax"] = (x, y, z) => x.LogSoftmax(),
        ["the logarithm of a sum of exponentials"] = (x, y, z) => x.LogSumExp([1]),
        ["a product of matrices"] = (x, y, z) => x.MatMul(z),
        ["a product with a turned matrix"] = (x, y, z) => x.MatMul(x, transposeRight: true),
        ["products of many matrices"] = (x, y, z) => x.Reshape(4, 6, 40).MatMul(z),
        ["gathered rows"] = (x, y, z) => x.Gather(0, Tensor.From([3, 1, 2])),
        ["scattered rows"] = (x, y, z) => x.ScatterAdd(0, Tensor.From([3, 1, 3]), x.Slice(0, 0, 3)),
        ["elements along an axis"] = (x, y, z) => x.TakeAlongAxis(x.ArgMax(1, keepDimensions: true), 1),
        ["one of many"] = (x, y, z) => x.ArgMax(1).OneHot(40),
        ["a convolution"] = (x, y, z) => x.Reshape(2, 12, 10, 4).Conv2D(z.Slice(0, 0, 36).Reshape(3, 3, 4, 24)),
        ["a convolution of channels apart"] = (x, y, z) => x.Reshape(2, 12, 10, 4).DepthwiseConv2D(z.Slice(0, 0, 3).Slice(1, 0, 12).Reshape(3, 3, 4, 1)),
        ["the largest of windows"] = (x, y, z) => x.Reshape(2, 12, 10, 4).MaxPool2D(2),
        ["the mean of windows"] = (x, y, z) => x.Reshape(2, 12, 10, 4).AveragePool2D(2),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_kernel_that_is_warm_takes_no_memory(string name)
    {
        Func<Tensor, Tensor, Tensor, Tensor> function = Functions[name];
        AssertSteady(inputs => [function(inputs[0], inputs[1], inputs[2])]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_of_a_kernel_that_is_warm_takes_no_memory(string name)
    {
        Func<Tensor, Tensor, Tensor, Tensor> function = Functions[name];
        AssertSteady(inputs => Gradients.ValueAndGradient(() => Value(function(inputs[0], inputs[1], inputs[2])), inputs[0]).Gradients);
    }

    private static Tensor Value(Tensor result) => result.DataType.IsFloating ? result.Square().Sum() : result.To(DataType.Float32).Sum();

    private static void AssertSteady(Func<Tensor[], Tensor[]> function)
    {
        Tensor[] inputs = [.. Kinds.Select((shape, seed) => RandomKey.FromSeed(seed).Normal(shape))];
        Executable executable = new(Compilation.Trace(function, [.. inputs.Select(input => input.Type)]).Optimize(), borrowed: true);

        // Which thread takes which piece differs from run to run, and each has memory of its own to warm up; what takes some in each run never gets to nothing.
        long taken = long.MaxValue;
        for (int round = 0; round < MostRounds && taken > 0; round++)
        {
            taken = TakenBy(() => executable.Execute(inputs));
        }

        Assert.Equal(0, taken);
    }

    private static long TakenBy(Action run)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int count = 0; count < 3; count++)
        {
            run();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
