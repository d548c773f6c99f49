using Nabla.Layers;

namespace Nabla.Vision;

/// <summary>The sizes of a Vision Transformer; by default those of ViT-Base for images of 224 x 224 in patches of 16 x 16.</summary>
public sealed record VisionTransformerOptions
{
    /// <summary>Rows and columns of an image, a multiple of <see cref="PatchSize"/>.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Rows and columns of a patch.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>The channels of an image.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>The features of a patch.</summary>
    public int Size { get; init; } = 768;

    /// <summary>The blocks.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>The heads of attention, a divisor of the size.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>The numbers between the two products of a block.</summary>
    public int Hidden { get; init; } = 3072;

    /// <summary>What is applied between the two products.</summary>
    public ActivationKind Activation { get; init; } = ActivationKind.Gelu;

    /// <summary>What normalisations add to the variance, above 0.</summary>
    public double NormEpsilon { get; init; } = 1e-12;

    /// <summary>Whether the products for queries, keys and values have a bias.</summary>
    public bool UseAttentionBias { get; init; } = true;

    /// <summary>The share of each part's output that is dropped while training, from 0 up to, not including, 1.</summary>
    public double Dropout { get; init; }

    /// <summary>The shape of one image: <c>[size, size, channels]</c>.</summary>
    public Shape InputShape => [ImageSize, ImageSize, Channels];
}
