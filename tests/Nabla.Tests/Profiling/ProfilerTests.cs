using System.Text.Json;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;
using Nabla.Profiling;
using Nabla.Transforms;

namespace Nabla.Tests.Profiling;

/// <summary>Alone, since a recording sees the kernels of all threads.</summary>
[CollectionDefinition(nameof(ProfilerTests), DisableParallelization = true)]
[Collection(nameof(ProfilerTests))]
public class ProfilerTests
{
    private readonly Tensor x = RandomKey.FromSeed(1).Normal([3, 5]);
    private readonly Tensor w = RandomKey.FromSeed(2).Normal([5, 7]);

    [Fact]
    public void Kernels_of_graphs_and_single_ops_are_counted_with_their_work()
    {
        CompiledFunction product = Compilation.Compile(inputs => [inputs[0].MatMul(inputs[1])]);
        Profile profile = Profiler.Record(() =>
        {
            product.Invoke(x, w);
            product.Invoke(x, w);
            x.MatMul(w);
        });
        OpProfile op = Assert.Single(profile.Ops);
        Assert.Equal(("MatMul", "[3, 5], [5, 7] -> [3, 7]", 3), (op.Name, op.Shapes, op.Calls));
        Assert.Equal((3 * 2 * 3 * 5 * 7, 3 * 4 * (15 + 35 + 21)), (op.Flops, op.Bytes));
        Assert.InRange(op.Seconds, double.Epsilon, profile.Seconds);
        Assert.Equal(profile.Seconds, profile.SecondsOutsideKernels + op.Seconds, 1e-9);
    }

    [Fact]
    public void What_runs_before_or_after_is_not_counted()
    {
        x.MatMul(w);
        using ProfileSession session = Profiler.Start();
        Profile profile = session.Stop();
        x.MatMul(w);
        Assert.Empty(profile.Ops);
        Assert.Equal(profile.Seconds, profile.SecondsOutsideKernels);
    }

    [Fact]
    public void A_second_profile_at_the_same_time_is_refused()
    {
        using ProfileSession session = Profiler.Start();
        Assert.Throws<InvalidOperationException>(Profiler.Start);
        session.Stop();
        Profiler.Start().Dispose();
    }

    [Fact]
    public void A_trace_has_one_event_a_kernel_and_names_its_thread()
    {
        string trace = Profiler.Record(() => x.MatMul(w).Exp()).ToTrace();
        JsonElement[] events = [.. JsonDocument.Parse(trace).RootElement.GetProperty("traceEvents").EnumerateArray()];
        Assert.Equal(["MatMul", "Exp"], events.Where(e => e.GetProperty("ph").GetString() == "X").Select(e => e.GetProperty("name").GetString()));
        JsonElement product = events.Single(e => e.GetProperty("name").GetString() == "MatMul");
        Assert.Equal("[3, 5], [5, 7] -> [3, 7]", product.GetProperty("args").GetProperty("shapes").GetString());
        Assert.True(product.GetProperty("ts").GetDouble() >= 0 && product.GetProperty("dur").GetDouble() > 0);
        Assert.Contains(events, e => e.GetProperty("ph").GetString() == "M" && e.GetProperty("tid").GetInt32() == product.GetProperty("tid").GetInt32());
    }

    [Fact]
    public void Threads_of_the_pool_have_rows_of_their_own()
    {
        Tensor large = RandomKey.FromSeed(1).Normal([512, 512]);
        int before = Threads.Count;
        Threads.Count = 2;
        try
        {
            string trace = Profiler.Record(() =>
            {
                for (int call = 0; call < 50; call++)
                {
                    large.MatMul(large);
                }
            }).ToTrace();
            Assert.Contains("worker", trace, StringComparison.Ordinal);
        }
        finally
        {
            Threads.Count = before;
        }
    }

    [Fact]
    public void The_work_of_a_convolution_is_that_of_its_sums()
    {
        Convolution convolution = new(new Window(1, 1, 0, 0, 0, 0), Groups: 1);
        TensorType images = new(DataType.Float32, [2, 9, 9, 3]), weights = new(DataType.Float32, [3, 3, 3, 4]);
        TensorType[] results = convolution.Infer([images, weights]);
        const double Sums = 2.0 * 2 * 7 * 7 * 4 * 3 * 3 * 3;
        Assert.Equal(Sums, convolution.Flops([images, weights], results));
        Assert.Equal(Sums, new ConvolutionInputGradient(convolution, images.Shape).Flops([results[0], weights], [images]));
        Assert.Equal(Sums, new ConvolutionWeightGradient(convolution, weights.Shape).Flops([images, results[0]], [weights]));
        PooledConvolution pooled = new(convolution, new MaxPooling(new Size2D(2, 2), new Window(2, 2, 0, 0, 0, 0)));
        Assert.Equal(Sums * 36 / 49, pooled.Flops([images, weights], pooled.Infer([images, weights])), 1e-6);
    }

    [Fact]
    public void The_machine_has_a_speed()
    {
        MachineSpeed speed = MachineSpeed.Measure();
        Assert.True(speed.Arithmetic > 0 && speed.Memory > 0);
    }
}
