using Nabla.Peers;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Nabla.Conformance.Golden;

/// <summary>Convolutions of sequences and images, forward and backward: strides, padding, dilation, groups, transposed, depthwise.</summary>
internal static class ConvolutionGolden
{
    public static void Record(GoldenRecorder file)
    {
        Images(file, "2-D", [5, 6, 3], [3, 2, 3, 4]);
        Images(file, "2-D stride 2", [6, 7, 2], [3, 3, 2, 3], stride: [2, 2]);
        Images(file, "2-D stride 2 1 padding 1 2", [5, 4, 2], [3, 3, 2, 3], stride: [2, 1], padding: [1, 2]);
        Images(file, "2-D dilation 2 1 padding 2", [6, 5, 2], [3, 2, 2, 3], padding: [2, 2], dilation: [2, 1]);
        Images(file, "2-D groups 2", [4, 5, 4], [3, 3, 2, 6], groups: 2);
        Images(file, "2-D 1x1", [3, 4, 5], [1, 1, 5, 2]);
        Images(file, "2-D 1x1 stride 2", [4, 5, 3], [1, 1, 3, 2], stride: [2, 2]);
        Images(file, "2-D one channel 17 outputs", [4, 5, 1], [2, 3, 1, 17]);
        Depthwise(file, "depthwise", [5, 5, 3], [3, 3, 3, 1], stride: 1);
        Depthwise(file, "depthwise multiplier 2 stride 2", [6, 5, 3], [3, 2, 3, 2], stride: 2);
        Sequences(file, "1-D", 9, [3, 4, 5]);
        Sequences(file, "1-D stride 2 padding 2 dilation 2", 9, [3, 2, 3], stride: 2, padding: 2, dilation: 2);
        Sequences(file, "1-D groups 3", 7, [2, 2, 6], groups: 3);
        Transposed(file, "transposed", [3, 4, 3], [3, 2, 2, 3]);
        Transposed(file, "transposed stride 2 padding 1", [3, 4, 2], [3, 3, 3, 2], stride: [2, 2], padding: [1, 1]);
        Transposed(file, "transposed stride 3 2 output padding 1", [3, 2, 2], [3, 3, 2, 2], stride: [3, 2], padding: [1, 0], outputPadding: [1, 1]);
        Transposed(file, "transposed dilation 2 groups 2", [3, 3, 4], [2, 2, 1, 4], dilation: [2, 2], groups: 2);
    }

    private static void Images(
        GoldenRecorder file, string name, long[] image, long[] kernel, long[]? stride = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
        file.Record(name, Inputs(image, kernel, kernel[3]), x => functional.conv2d(
            x[0].ChannelsFirst(), x[1].KernelLast(), x[2], stride ?? [1, 1], padding ?? [0, 0], dilation ?? [1, 1], groups).ChannelsLast());

    private static void Depthwise(GoldenRecorder file, string name, long[] image, long[] kernel, long stride) =>
        file.Record(name, Inputs(image, kernel, kernel[2] * kernel[3]), x => functional.conv2d(
            x[0].ChannelsFirst(), x[1].permute(2, 3, 0, 1).reshape(-1, 1, kernel[0], kernel[1]), x[2], [stride, stride], groups: kernel[2]).ChannelsLast());

    private static void Sequences(
        GoldenRecorder file, string name, long length, long[] kernel, long stride = 1, long padding = 0, long dilation = 1, long groups = 1) =>
        file.Record(name, Inputs([length, kernel[1] * groups], kernel, kernel[2]), x => functional.conv1d(
            x[0].ChannelsFirst(), x[1].KernelLast(), x[2], stride, padding, dilation, groups).ChannelsLast());

    private static void Transposed(
        GoldenRecorder file, string name, long[] image, long[] kernel, long[]? stride = null, long[]? padding = null, long[]? outputPadding = null,
        long[]? dilation = null, long groups = 1) =>
        file.Record(name, Inputs(image, kernel, kernel[2] * groups), x => functional.conv_transpose2d(
            x[0].ChannelsFirst(), x[1].KernelLast(), x[2], stride ?? [1, 1], padding ?? [0, 0], outputPadding ?? [0, 0], dilation ?? [1, 1], groups).ChannelsLast());

    private static torch.Tensor[] Inputs(long[] image, long[] kernel, long outputs) =>
        [GoldenRecorder.Normal([2, .. image]), GoldenRecorder.Normal(kernel), GoldenRecorder.Normal(outputs)];
}
