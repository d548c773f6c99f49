using BenchmarkDotNet.Attributes;

namespace Nabla.Benchmarks.Kernels;

/// <summary>Functions of each element, softmax and sums, of what the second-level cache holds and of what it does not.</summary>
[MemoryDiagnoser]
public class Elements
{
    private Tensor x = Tensor.Scalar(0f);
    private Tensor y = Tensor.Scalar(0f);

    [Params(64, 4096)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        x = RandomKey.FromSeed(1).Normal([Rows, 1024]);
        y = RandomKey.FromSeed(2).Normal([Rows, 1024]);
    }

    [Benchmark]
    public Tensor Add() => x + y;

    [Benchmark]
    public Tensor AddRow() => x + y.Slice(0, 0, 1);

    [Benchmark]
    public Tensor Relu() => x.Relu();

    [Benchmark]
    public Tensor Exp() => x.Exp();

    [Benchmark]
    public Tensor Gelu() => x.Gelu();

    [Benchmark]
    public Tensor Softmax() => x.Softmax();

    [Benchmark]
    public Tensor SumOfRows() => x.Sum([1]);

    [Benchmark]
    public Tensor SumOfColumns() => x.Sum([0]);

    [Benchmark]
    public Tensor Transpose() => x.Transpose();
}
