using Nabla.Layers;

namespace Nabla.Vision;

/// <summary>The sizes of a residual network for images such as those of 224 x 224. Begin with one of the three kinds.</summary>
public sealed record ResNetOptions
{
    /// <summary>18 layers with weights.</summary>
    public static ResNetOptions ResNet18 { get; } = new() { Channels = [64, 128, 256, 512], Depths = [2, 2, 2, 2], Bottleneck = false };

    /// <summary>34 layers with weights.</summary>
    public static ResNetOptions ResNet34 { get; } = ResNet18 with { Depths = [3, 4, 6, 3] };

    /// <summary>50 layers with weights, in blocks of three.</summary>
    public static ResNetOptions ResNet50 { get; } = new();

    /// <summary>The channels of the first convolution.</summary>
    public int StemChannels { get; init; } = 64;

    /// <summary>The channels of each stage.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [256, 512, 1024, 2048];

    /// <summary>The blocks of each stage.</summary>
    public IReadOnlyList<int> Depths { get; init; } = [3, 4, 6, 3];

    /// <summary>Whether a block is of three convolutions, the middle one of a quarter of the channels; else of two.</summary>
    public bool Bottleneck { get; init; } = true;

    /// <summary>What is applied behind each normalisation.</summary>
    public ActivationKind Activation { get; init; } = ActivationKind.Relu;

    /// <summary>Whether the first stage halves the image too.</summary>
    public bool HalvesFirstStage { get; init; }

    /// <summary>Whether a bottleneck halves the image in its first convolution, as the paper has it, instead of the one of 3 x 3, which is more accurate.</summary>
    public bool HalvesInFirstConvolution { get; init; }
}
