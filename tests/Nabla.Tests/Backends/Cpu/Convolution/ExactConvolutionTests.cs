using Nabla.Backends.Cpu.Convolution;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Convolutions;

namespace Nabla.Tests.Backends.Cpu.Convolution;

// Alone, because the setting is everybody's.
[CollectionDefinition(nameof(ExactConvolutionTests), DisableParallelization = true)]
[Collection(nameof(ExactConvolutionTests))]
public sealed unsafe class ExactConvolutionTests
{
    [Fact]
    public void Exact_numerics_give_the_bits_of_the_direct_convolution_and_others_do_not()
    {
        ConvolutionShape shape = new(3, 13, 13, 32, 64, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1);
        (Tensor images, Tensor weights) = (RandomKey.FromSeed(1).Normal([3, 13, 13, 32]), RandomKey.FromSeed(2).Normal([3, 3, 32, 64]));
        using Guarded<float> direct = new(shape.Batch * (int)shape.ResultSize);
        DirectConvolution.Forward(
            shape, new ForwardWork<float> { Images = images.Pointer<float>(), Weights = weights.Pointer<float>(), Target = direct.Pointer }, Lanes.Widest);
        Nabla.Ops.Convolutions.Convolution op = new(new Window(1, 1), 1);
        Assert.NotEqual(direct.Span.ToArray(), op.ApplyOne(images, weights).ToArray<float>());
        bool before = Numerics.Exact;
        try
        {
            Numerics.Exact = true;
            Assert.Equal(direct.Span.ToArray(), op.ApplyOne(images, weights).ToArray<float>());
        }
        finally
        {
            Numerics.Exact = before;
        }
    }
}
