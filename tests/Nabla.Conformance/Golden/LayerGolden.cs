using Nabla.Peers;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Nabla.Conformance.Golden;

/// <summary>Layers with parameters, which are inputs of the case in the order of the layer's names: normalisations, embedding, dense, separable convolution.</summary>
internal static class LayerGolden
{
    private const double Epsilon = 1e-3;
    private const double Momentum = 0.1;

    public static void Record(GoldenRecorder file)
    {
        BatchNorm(file, "batch norm of rows", 6, 3);
        BatchNorm(file, "batch norm of images", 2, 3, 4, 5);
        Normalization(file, "layer norm", [2, 3, 7], x => functional.layer_norm(x[0], [7], x[1], x[2], Epsilon));
        Normalization(file, "group norm", [2, 3, 4, 6], x => functional.group_norm(x[0].ChannelsFirst(), 3, x[1], x[2], Epsilon).ChannelsLast());
        Normalization(file, "instance norm", [2, 3, 4, 2], x => functional.group_norm(x[0].ChannelsFirst(), 2, x[1], x[2], Epsilon).ChannelsLast());
        file.Record("rms norm", [GoldenRecorder.Normal(2, 3, 7), GoldenRecorder.Normal(7)], x => x[0] * (x[0].square().mean([-1], keepdim: true) + Epsilon).rsqrt() * x[1]);
        file.Record("embedding", [torch.tensor(new long[] { 4, 0, 2, 2, 1, 4 }, 2, 3), GoldenRecorder.Normal(5, 4)], x => x[1].index_select(0, x[0].flatten()).reshape(2, 3, 4));
        file.Record("dense gelu", [GoldenRecorder.Normal(4, 5), GoldenRecorder.Normal(5, 3), GoldenRecorder.Normal(3)], x => functional.gelu(functional.linear(x[0], x[1].t(), x[2])));
        file.Record("prelu", [GoldenRecorder.Normal(4, 3), GoldenRecorder.Normal(3)], x => functional.prelu(x[0], x[1]));
        file.Record("up-sampling", [GoldenRecorder.Normal(2, 2, 3, 2)], x => functional.interpolate(x[0].ChannelsFirst(), scale_factor: [2, 3], mode: torch.InterpolationMode.Nearest).ChannelsLast());
        Separable(file);
    }

    private static void BatchNorm(GoldenRecorder file, string name, params long[] shape)
    {
        torch.Tensor[] inputs = [.. Inputs(shape), GoldenRecorder.Normal(shape[^1]), GoldenRecorder.Uniform(0.5, 2, shape[^1])];
        file.Record($"{name}, training", inputs, x => Normalize(x, training: true).Output, constants: 2);
        file.Record($"{name}, mean after training", inputs, x => Normalize(x, training: true).Mean, constants: inputs.Length);
        file.Record($"{name}, variance after training", inputs, x => Normalize(x, training: true).Variance, constants: inputs.Length);
        file.Record($"{name}, in use", inputs, x => Normalize(x, training: false).Output, constants: 2);
    }

    private static (torch.Tensor Output, torch.Tensor Mean, torch.Tensor Variance) Normalize(torch.Tensor[] x, bool training)
    {
        (torch.Tensor mean, torch.Tensor variance) = (x[3].clone(), x[4].clone());
        torch.Tensor output = functional.batch_norm(x[0].ChannelsFirst(), mean, variance, x[1], x[2], training, Momentum, Epsilon);
        return (output.ChannelsLast(), mean, variance);
    }

    private static void Normalization(GoldenRecorder file, string name, long[] shape, Func<torch.Tensor[], torch.Tensor> function) =>
        file.Record(name, Inputs(shape), function);

    private static void Separable(GoldenRecorder file)
    {
        torch.Tensor[] inputs = [GoldenRecorder.Normal(2, 5, 5, 3), GoldenRecorder.Normal(3, 3, 3, 2), GoldenRecorder.Normal(1, 1, 6, 4), GoldenRecorder.Normal(4)];
        file.Record("separable convolution", inputs, x => functional.conv2d(
            functional.conv2d(x[0].ChannelsFirst(), x[1].permute(2, 3, 0, 1).reshape(6, 1, 3, 3), groups: 3), x[2].KernelLast(), x[3]).ChannelsLast());
    }

    /// <summary>Inputs, scales and shifts of channels.</summary>
    private static torch.Tensor[] Inputs(long[] shape) => [GoldenRecorder.Normal(shape), GoldenRecorder.Normal(shape[^1]), GoldenRecorder.Normal(shape[^1])];
}
