using Nabla.Layers;

namespace Nabla.Vision;

/// <summary>
/// Transformers that read an image as a sequence of patches, with a learnt vector before them that gathers what the image is (Dosovitskiy et al., An Image
/// is Worth 16x16 Words, 2021, arXiv 2010.11929). Blocks normalise what goes into each part.
/// </summary>
/// <example>
/// <code>
/// VisionTransformerOptions small = new() { ImageSize = 32, PatchSize = 4, Size = 64, Layers = 4, Heads = 4, Hidden = 128 };
/// Sequential model = VisionTransformer.Create(classes: 10, small); // [batch, 32, 32, 3] to probabilities [batch, 10]
/// </code>
/// </example>
public static class VisionTransformer
{
    /// <summary>Creates a classifier of images.</summary>
    /// <param name="classes">The number of classes, from 2 up.</param>
    /// <param name="options">Its sizes; those of ViT-Base by default.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <returns>A network from <c>[batch, size, size, channels]</c> to probabilities <c>[batch, classes]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 classes.</exception>
    /// <exception cref="ArgumentException">The sizes do not fit together; the message names them.</exception>
    public static Sequential Create(int classes, VisionTransformerOptions? options = null, long seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        options ??= new VisionTransformerOptions();
        return new Sequential(
            options.InputShape, seed, [.. Layers(options), new FirstStep(), new Dense(classes, ActivationKind.Softmax) { Name = "classifier" }]);
    }

    /// <summary>All but the classifier: from images to <c>[batch, patches + 1, features]</c>.</summary>
    internal static Layer[] Layers(VisionTransformerOptions options)
    {
        int side = Math.DivRem(options.ImageSize, options.PatchSize, out int rest);
        if (rest != 0)
        {
            throw new ArgumentException($"Images of {options.ImageSize} rows cannot be cut into patches of {options.PatchSize}.", nameof(options));
        }

        return
        [
            new Conv2D(options.Size, options.PatchSize, stride: options.PatchSize) { Name = "patches" },
            new Reshape(side * side, options.Size),
            new ClassToken { Name = "token" },
            new LearnedPositions((side * side) + 1) { Name = "positions" },
            new Dropout(options.Dropout),
            .. Enumerable.Range(0, options.Layers).Select(index => Block(options, index)),
            new LayerNorm(options.NormEpsilon) { Name = "norm" },
        ];
    }

    private static TransformerBlock Block(VisionTransformerOptions options, int index) => new(options.Heads, options.Hidden)
    {
        Name = $"block{index}",
        NormEpsilon = options.NormEpsilon,
        Activation = options.Activation,
        Dropout = options.Dropout,
        UseAttentionBias = options.UseAttentionBias,
        UseAttentionOutputBias = true,
    };
}
