using Nabla.Peers;
using static TorchSharp.torch.nn;

namespace Nabla.Conformance.Compare;

/// <summary>Draws cases: the kind, the sizes and the attributes.</summary>
internal static class RandomCases
{
    private static readonly Func<Random, RandomCase>[] Kinds = [Convolution, TransposedConvolution, MaxPooling, AveragePooling, Product, Sum, Maximum, Softmax];

    public static RandomCase Draw(Random random) => Kinds[random.Next(Kinds.Length)](random);

    private static RandomCase Convolution(Random random)
    {
        ImageSizes sizes = ImageSizes.Draw(random);
        int groups = random.Next(1, 4), inputs = groups * random.Next(1, 9), outputs = groups * random.Next(1, 20);
        return new RandomCase(
            $"convolution of {inputs} to {outputs} channels in {groups} groups, {sizes}",
            [[sizes.Batch, sizes.Height, sizes.Width, inputs], [sizes.KernelHeight, sizes.KernelWidth, inputs / groups, outputs], [outputs]],
            x => x[0].Conv2D(x[1], x[2], sizes.Stride, sizes.Padding, sizes.Dilation, groups),
            x => functional.conv2d(
                x[0].ChannelsFirst().contiguous(), x[1].KernelLast().contiguous(), x[2], [sizes.Stride, sizes.Stride], [sizes.Padding, sizes.Padding], [sizes.Dilation, sizes.Dilation], groups).ChannelsLast());
    }

    private static RandomCase TransposedConvolution(Random random)
    {
        ImageSizes drawn = ImageSizes.Draw(random);
        ImageSizes sizes = drawn with { Padding = Math.Min(drawn.Padding, Math.Min(drawn.KernelHeight, drawn.KernelWidth) / 2) };
        int groups = random.Next(1, 3), inputs = groups * random.Next(1, 6), outputs = groups * random.Next(1, 9), extra = random.Next(sizes.Stride);
        return new RandomCase(
            $"transposed convolution of {inputs} to {outputs} channels in {groups} groups, output padding {extra}, {sizes}",
            [[sizes.Batch, sizes.Height, sizes.Width, inputs], [sizes.KernelHeight, sizes.KernelWidth, outputs / groups, inputs], [outputs]],
            x => x[0].Conv2DTranspose(x[1], x[2], sizes.Stride, sizes.Padding, extra, sizes.Dilation, groups),
            x => functional.conv_transpose2d(
                x[0].ChannelsFirst().contiguous(), x[1].KernelLast().contiguous(), x[2], [sizes.Stride, sizes.Stride], [sizes.Padding, sizes.Padding], [extra, extra],
                [sizes.Dilation, sizes.Dilation], groups).ChannelsLast());
    }

    private static RandomCase MaxPooling(Random random)
    {
        (ImageSizes sizes, int channels, int padding) = Pooling(random);
        return new RandomCase(
            $"max pooling of {channels} channels, padding {padding}, {sizes}",
            [[sizes.Batch, sizes.Height, sizes.Width, channels]],
            x => x[0].MaxPool2D((sizes.KernelHeight, sizes.KernelWidth), sizes.Stride, padding),
            x => functional.max_pool2d(
                x[0].ChannelsFirst().contiguous(), [sizes.KernelHeight, sizes.KernelWidth], [sizes.Stride, sizes.Stride], [padding, padding], [1, 1]).ChannelsLast());
    }

    private static RandomCase AveragePooling(Random random)
    {
        (ImageSizes sizes, int channels, int padding) = Pooling(random);
        return new RandomCase(
            $"average pooling of {channels} channels, padding {padding}, {sizes}",
            [[sizes.Batch, sizes.Height, sizes.Width, channels]],
            x => x[0].AveragePool2D((sizes.KernelHeight, sizes.KernelWidth), sizes.Stride, padding),
            x => functional.avg_pool2d(
                x[0].ChannelsFirst().contiguous(), [sizes.KernelHeight, sizes.KernelWidth], [sizes.Stride, sizes.Stride], [padding, padding], count_include_pad: false).ChannelsLast());
    }

    private static RandomCase Product(Random random)
    {
        int rows = random.Next(1, 90), inner = random.Next(1, 90), columns = random.Next(1, 90), batch = random.Next(1, 4);
        bool sharedRight = random.Next(2) == 0;
        return new RandomCase(
            $"{batch} products {rows}x{inner}x{columns}{(sharedRight ? " with one right matrix" : string.Empty)}",
            [[batch, rows, inner], sharedRight ? [inner, columns] : [batch, inner, columns]],
            x => x[0].MatMul(x[1]),
            x => x[0].matmul(x[1]));
    }

    private static RandomCase Sum(Random random)
    {
        (Shape shape, int axis) = Axis(random);
        return new RandomCase($"sum of {shape} over {axis}", [shape], x => x[0].Sum([axis]), x => x[0].sum([(long)axis]));
    }

    private static RandomCase Maximum(Random random)
    {
        (Shape shape, int axis) = Axis(random);
        return new RandomCase($"maximum of {shape} over {axis}", [shape], x => x[0].Max([axis]), x => x[0].amax([(long)axis]));
    }

    private static RandomCase Softmax(Random random)
    {
        (Shape shape, int axis) = Axis(random);
        return new RandomCase($"softmax of {shape} over {axis}", [shape], x => x[0].Softmax(axis), x => x[0].softmax(axis));
    }

    private static (Shape Shape, int Axis) Axis(Random random) => ([random.Next(1, 6), random.Next(1, 40), random.Next(1, 40)], random.Next(3));

    private static (ImageSizes Sizes, int Channels, int Padding) Pooling(Random random)
    {
        ImageSizes sizes = ImageSizes.Draw(random) with { Dilation = 1 };
        return (sizes, random.Next(1, 40), Math.Min(sizes.Padding, Math.Min(sizes.KernelHeight, sizes.KernelWidth) / 2));
    }
}
