using BenchmarkDotNet.Attributes;
using Nabla.Ops.Convolutions;

namespace Nabla.Benchmarks.Kernels;

/// <summary>A 3x3 convolution of 64 images, and its gradients.</summary>
[MemoryDiagnoser]
public class Convolutions
{
    private readonly Convolution op = new(new Window(), 1);
    private Tensor images = Tensor.Scalar(0f);
    private Tensor weights = Tensor.Scalar(0f);
    private Tensor cotangent = Tensor.Scalar(0f);

    [Params(1, 32)]
    public int Inputs { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        images = RandomKey.FromSeed(1).Normal([64, 26, 26, Inputs]);
        weights = RandomKey.FromSeed(2).Normal([3, 3, Inputs, 64]);
        cotangent = RandomKey.FromSeed(3).Normal([64, 24, 24, 64]);
    }

    [Benchmark]
    public Tensor Forward() => images.Conv2D(weights);

    [Benchmark]
    public object InputGradient() => new ConvolutionInputGradient(op, images.Shape).Apply(cotangent, weights);

    [Benchmark]
    public object WeightGradient() => new ConvolutionWeightGradient(op, weights.Shape).Apply(images, cotangent);
}
