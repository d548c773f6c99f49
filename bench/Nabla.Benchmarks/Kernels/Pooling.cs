using BenchmarkDotNet.Attributes;

namespace Nabla.Benchmarks.Kernels;

/// <summary>Pooling of 64 images of 32 channels.</summary>
[MemoryDiagnoser]
public class Pooling
{
    private readonly Tensor images = RandomKey.FromSeed(1).Normal([64, 26, 26, 32]);

    [Benchmark]
    public Tensor Max() => images.MaxPool2D(2);

    [Benchmark]
    public Tensor MaxOverlapping() => images.MaxPool2D(3, 2, 1);

    [Benchmark]
    public Tensor Average() => images.AveragePool2D(2);

    [Benchmark]
    public Tensor GlobalAverage() => images.GlobalAveragePool();
}
