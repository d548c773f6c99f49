using BenchmarkDotNet.Attributes;

namespace Nabla.Benchmarks.Kernels;

/// <summary>Products of square matrices.</summary>
[MemoryDiagnoser]
public class Products
{
    private Tensor left = Tensor.Scalar(0f);
    private Tensor right = Tensor.Scalar(0f);

    [Params(64, 256, 1024)]
    public int Size { get; set; }

    [Params(DataType.Float32, DataType.Float64)]
    public DataType Type { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        left = RandomKey.FromSeed(1).Normal([Size, Size]).To(Type);
        right = RandomKey.FromSeed(2).Normal([Size, Size]).To(Type);
    }

    [Benchmark]
    public Tensor Plain() => left.MatMul(right);

    [Benchmark]
    public Tensor LeftTransposed() => left.MatMul(right, transposeLeft: true);

    [Benchmark]
    public Tensor RightTransposed() => left.MatMul(right, transposeRight: true);
}
