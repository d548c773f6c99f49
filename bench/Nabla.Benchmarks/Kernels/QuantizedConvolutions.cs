using BenchmarkDotNet.Attributes;
using Nabla.Layers;
using Nabla.Transforms;

namespace Nabla.Benchmarks.Kernels;

/// <summary>A 3x3 convolution of 64 images with a rectifier, of bytes to bytes, and of numbers.</summary>
[MemoryDiagnoser]
public class QuantizedConvolutions
{
    private Tensor images = Tensor.Scalar(0f);
    private Tensor bytes = Tensor.Scalar((byte)0);
    private CompiledFunction ofNumbers = Compilation.Compile((Tensor[] x) => x);
    private CompiledFunction ofBytes = Compilation.Compile((Tensor[] x) => x);

    [Params(1, 32)]
    public int Inputs { get; set; }

    /// <summary>The largest weight: 63 lets most sums of quads share a widening, 127 few.</summary>
    [Params(63, 127)]
    public int LargestWeight { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        images = RandomKey.FromSeed(1).Uniform([64, 26, 26, Inputs]);
        bytes = (images * 255).Round().To(DataType.UInt8);
        Tensor kernel = RandomKey.FromSeed(2).Normal([3, 3, Inputs, 64]);
        Tensor scale = kernel.Abs().Max([0, 1, 2]) * (1.0 / LargestWeight);
        Tensor zeros = Tensor.Zeros([64], DataType.Int8);
        Parameter weights = new("weights", kernel.Quantize(scale, zeros, -1));
        (Tensor step, Tensor zero) = (Tensor.Scalar(1f / 255), Tensor.Scalar((byte)0));
        ofNumbers = Compilation.Compile((Tensor[] x) => [x[0].Conv2D(kernel).Relu()]);
        ofBytes = Compilation.Compile((Tensor[] x) => [x[0].Dequantize(step, zero).Conv2D(weights.Value.Dequantize(scale, zeros, -1)).Relu().Quantize(Tensor.Scalar(0.1f), zero)]);
    }

    [Benchmark(Baseline = true)]
    public object Numbers() => ofNumbers.Invoke(images);

    [Benchmark]
    public object Bytes() => ofBytes.Invoke(bytes);
}
