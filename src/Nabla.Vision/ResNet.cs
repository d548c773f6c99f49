using Nabla.Layers;
using Nabla.Layers.Initializers;

namespace Nabla.Vision;

/// <summary>
/// Residual networks: blocks of convolutions with a shortcut around them (He et al., Deep Residual Learning for Image Recognition, 2015, arXiv
/// 1512.03385). <see cref="Create"/> makes those of the paper, <see cref="Create18"/> one for small images, such as those of 32 x 32, with a convolution of
/// 3 x 3 instead of the large one with pooling behind it.
/// </summary>
/// <example>
/// <code>
/// Sequential model = ResNet.Create18(classes: 10); // [batch, 32, 32, 3] to probabilities [batch, 10]; 11,173,962 trainable numbers
/// </code>
/// </example>
public static class ResNet
{
    private const int FirstFilters = 64;
    private const int Stages = 4;
    private const int BlocksOfStage18 = 2;
    private const int BottleneckShare = 4;

    /// <summary>The network of 18 layers with weights: four stages of two blocks, of 64, 128, 256 and 512 channels; each stage halves the image.</summary>
    /// <param name="classes">The number of classes, from 2 up.</param>
    /// <param name="inputShape">The shape of an image, <c>[height, width, channels]</c>; null for <c>[32, 32, 3]</c>.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <returns>A network from <c>[batch, height, width, channels]</c> to probabilities <c>[batch, classes]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 classes.</exception>
    /// <exception cref="ArgumentException">The shape is not that of an image.</exception>
    public static Sequential Create18(int classes, Shape? inputShape = null, long seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        List<Layer> layers = [Convolution(FirstFilters), new BatchNorm(), new Activation(ActivationKind.Relu)];
        for (int stage = 0; stage < Stages; stage++)
        {
            for (int block = 0; block < BlocksOfStage18; block++)
            {
                layers.Add(Block(FirstFilters << stage, stride: stage > 0 && block == 0 ? 2 : 1));
            }
        }

        return new Sequential(inputShape ?? [32, 32, 3], seed, [.. layers, new GlobalAveragePool2D(), new Dense(classes, ActivationKind.Softmax)]);
    }

    /// <summary>Creates a network for large images: a convolution of 7 x 7 and a pooling, each of which halves the image, then stages of blocks.</summary>
    /// <param name="classes">The number of classes, from 2 up.</param>
    /// <param name="options">Its sizes, such as <see cref="ResNetOptions.ResNet50"/>.</param>
    /// <param name="inputShape">The shape of an image, <c>[height, width, channels]</c>; null for <c>[224, 224, 3]</c>.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <returns>A network from <c>[batch, height, width, channels]</c> to probabilities <c>[batch, classes]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 classes.</exception>
    /// <exception cref="ArgumentException">The shape is not that of an image, or the sizes do not fit together.</exception>
    public static Sequential Create(int classes, ResNetOptions options, Shape? inputShape = null, long seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentNullException.ThrowIfNull(options);
        return new Sequential(
            inputShape ?? [224, 224, 3], seed,
            [.. Layers(options), new GlobalAveragePool2D(), new Dense(classes, ActivationKind.Softmax) { Name = "classifier" }]);
    }

    /// <summary>All but the classifier: from images to the channels of the last stage.</summary>
    internal static Layer[] Layers(ResNetOptions options)
    {
        if (options.Channels.Count != options.Depths.Count)
        {
            throw new ArgumentException($"There are channels for {options.Channels.Count} stages but blocks for {options.Depths.Count}.", nameof(options));
        }

        List<Layer> layers =
        [
            Convolution("stem", options.StemChannels, 7, 2), new BatchNorm { Name = "stemNorm" }, new Activation(options.Activation), new MaxPool2D(3, 2, 1),
        ];
        int channels = options.StemChannels;
        for (int stage = 0; stage < options.Channels.Count; stage++)
        {
            for (int block = 0; block < options.Depths[stage]; block++)
            {
                int stride = block == 0 && (stage > 0 || options.HalvesFirstStage) ? 2 : 1;
                layers.Add(Block(options, $"stage{stage}block{block}", channels, options.Channels[stage], stride));
                channels = options.Channels[stage];
            }
        }

        return [.. layers];
    }

    private static Residual Block(ResNetOptions options, string name, int channels, int filters, int stride)
    {
        bool isFirst = options.HalvesInFirstConvolution;
        Layer[] body = options.Bottleneck
            ?
            [
                .. Normalised(options, 0, filters / BottleneckShare, 1, isFirst ? stride : 1),
                .. Normalised(options, 1, filters / BottleneckShare, 3, isFirst ? 1 : stride),
                .. Normalised(options, 2, filters, 1, 1).SkipLast(1),
            ]
            : [.. Normalised(options, 0, filters, 3, stride), .. Normalised(options, 1, filters, 3, 1).SkipLast(1)];
        return new Residual(
            new Chain(body),
            channels == filters && stride == 1 ? null : new Chain(Convolution("conv", filters, 1, stride), new BatchNorm { Name = "norm" }),
            options.Activation)
        { Name = name };
    }

    private static Layer[] Normalised(ResNetOptions options, int index, int filters, int kernel, int stride) =>
        [Convolution($"conv{index}", filters, kernel, stride), new BatchNorm { Name = $"norm{index}" }, new Activation(options.Activation)];

    private static Conv2D Convolution(string name, int filters, int kernel, int stride) =>
        new(filters, kernel, stride: stride, padding: kernel / 2) { Name = name, UseBias = false, KernelInitializer = new HeNormal() };

    private static Residual Block(int filters, int stride) => new(
        new Chain(Convolution(filters, stride), new BatchNorm(), new Activation(ActivationKind.Relu), Convolution(filters), new BatchNorm()),
        stride == 1 ? null : new Chain(Projection(filters, stride), new BatchNorm()),
        ActivationKind.Relu);

    // The normalisation behind it has a bias of its own.
    private static Conv2D Convolution(int filters, int stride = 1) =>
        new(filters, 3, stride: stride, padding: 1) { UseBias = false, KernelInitializer = new HeNormal() };

    private static Conv2D Projection(int filters, int stride) =>
        new(filters, 1, stride: stride) { UseBias = false, KernelInitializer = new HeNormal() };
}
