using Nabla.Layers;
using Nabla.Layers.Initializers;

namespace Nabla.Vision;

/// <summary>
/// Residual networks for small images, such as those of 32 x 32: a convolution of 3 x 3 instead of the large one with pooling behind it, then blocks
/// of two convolutions with a shortcut around them (He et al., Deep Residual Learning for Image Recognition, 2015, arXiv 1512.03385).
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
