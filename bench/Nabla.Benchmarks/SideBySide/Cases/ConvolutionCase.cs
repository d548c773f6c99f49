using Nabla.Ops.Convolutions;
using Nabla.Peers;
using TorchSharp;
using static Nabla.Benchmarks.SideBySide.Cases.PeerLayers;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>
/// 2-D convolutions of 64, 32 or one image, forward and backward (both gradients). libtorch runs twice: in its default layout, channels first, and
/// in channels last, the layout that Nabla always has.
/// </summary>
internal static class ConvolutionCase
{
    public static IEnumerable<Duel> Duels()
    {
        Problem[] problems =
        [
            new("3x3 1-32 on 28x28", 28, 1, 32, 3),
            new("3x3 3-64 padded on 32x32", 32, 3, 64, 3, Padding: 1),
            new("3x3 32-64 on 13x13", 13, 32, 64, 3),
            new("3x3 32-64 on 26x26", 26, 32, 64, 3),
            new("3x3 64-64 padded on 28x28", 28, 64, 64, 3, Padding: 1),
            new("3x3 64-64 padded on 32x32", 32, 64, 64, 3, Padding: 1, Batch: 32),
            new("3x3 128-128 padded on 16x16", 16, 128, 128, 3, Padding: 1, Batch: 32),
            new("3x3 256-256 padded on 8x8", 8, 256, 256, 3, Padding: 1, Batch: 32),
            new("3x3 512-512 padded on 4x4", 4, 512, 512, 3, Padding: 1, Batch: 32),
            new("3x3 128-128 padded on 16x16, one image", 16, 128, 128, 3, Padding: 1, Batch: 1),
            new("3x3 64-128 stride 2 on 28x28", 28, 64, 128, 3, Padding: 1, Stride: 2),
            new("1x1 64-128 on 28x28", 28, 64, 128, 1),
            new("depthwise 3x3 64 on 28x28", 28, 64, 64, 3, Padding: 1, Groups: 64),
        ];
        foreach (Problem problem in problems)
        {
            yield return problem.Forward();
            yield return problem.Backward();
        }
    }

    private sealed record Problem(string Name, int Size, int Inputs, int Outputs, int Kernel, int Padding = 0, int Stride = 1, int Groups = 1, int Batch = 64)
    {
        private Convolution Op => new(new Window(Stride, Stride, Padding, Padding, Padding, Padding), Groups);

        private Tensor Images => RandomKey.FromSeed(1).Normal([Batch, Size, Size, Inputs]);

        private Tensor Weights => RandomKey.FromSeed(2).Normal([Kernel, Kernel, Inputs / Groups, Outputs]);

        private double Flops => 2.0 * Op.Infer([Images.Type, Weights.Type])[0].Shape.ElementCount * Kernel * Kernel * Inputs / Groups;

        public Duel Forward()
        {
            (Convolution op, Tensor images, Tensor weights) = (Op, Images, Weights);
            Rival[] rivals = [.. new[] { false, true }.Select(channelsLast =>
            {
                (torch.Tensor x, torch.Tensor w) = (InLayout(images.ToTorch().ChannelsFirst(), channelsLast), InLayout(weights.ToTorch().KernelLast(), channelsLast));
                return Rival.Libtorch(DigitsNetwork.Layout(channelsLast), () => [Convolve(x, w)], TorchTensors.ChannelsLast);
            })];
            return new Duel($"{Name} forward", Metric.Flops(Flops), () => op.Apply(images, weights), rivals);
        }

        public Duel Backward()
        {
            (Convolution op, Tensor images, Tensor weights) = (Op, Images, Weights);
            Tensor output = op.Apply(images, weights)[0];
            Tensor cotangent = RandomKey.FromSeed(3).Normal(output.Shape);
            Rival[] rivals = [.. new[] { false, true }.Select(channelsLast =>
            {
                torch.Tensor x = InLayout(images.ToTorch().ChannelsFirst(), channelsLast).requires_grad_();
                torch.Tensor w = InLayout(weights.ToTorch().KernelLast(), channelsLast).requires_grad_();
                torch.Tensor gradient = InLayout(cotangent.ToTorch().ChannelsFirst(), channelsLast);
                torch.Tensor y = Convolve(x, w);
                return Rival.Libtorch(
                    DigitsNetwork.Layout(channelsLast), () => [.. torch.autograd.grad([y], [x, w], [gradient], retain_graph: true)],
                    TorchTensors.ChannelsLast, TorchTensors.KernelFirst);
            })];
            return new Duel(
                $"{Name} backward", Metric.Flops(2 * Flops), () => op.Gradient([images, weights], [output], [cotangent], [true, true])!, rivals);
        }

        private torch.Tensor Convolve(torch.Tensor x, torch.Tensor w) =>
            torch.nn.functional.conv2d(x, w, null, strides: [Stride, Stride], padding: [Padding, Padding], groups: Groups);
    }
}
