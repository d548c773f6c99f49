using Nabla.Layers;
using Nabla.Vision;

namespace Nabla.HuggingFace;

/// <summary>ViT (Dosovitskiy et al., An Image is Worth 16x16 Words, 2021, arXiv 2010.11929).</summary>
internal sealed class VitFamily : Family
{
    private const int MostPixels = 1 << 14;
    private const int MostChannels = 1 << 10;

    public override string Map => "vit";

    public override bool ReadsText => false;

    public override IReadOnlyDictionary<string, string> ModelTypes { get; } = new Dictionary<string, string> { ["vit"] = "ViT" };

    public override IReadOnlyDictionary<PretrainedHead, string> Heads { get; } = new Dictionary<PretrainedHead, string>
    {
        [PretrainedHead.None] = "Model",
        [PretrainedHead.ImageClassification] = "ForImageClassification",
    };

    public override NetworkPlan Plan(PretrainedConfig config, NetworkRequest request)
    {
        int image = config.Integer("image_size", MostPixels, fallback: 224);
        if (request.ImageSize is { } wanted && wanted != image)
        {
            throw config.Error("image_size", $"{wanted}, as the options ask for: a vector is learnt for each patch of images of one size");
        }

        int patch = config.Integer("patch_size", image, fallback: 16);
        if (image % patch != 0)
        {
            throw config.Error("patch_size", $"a divisor of the image's {image} rows and columns");
        }

        VisionTransformerOptions options = new()
        {
            ImageSize = image,
            PatchSize = patch,
            Channels = config.Integer("num_channels", MostChannels, fallback: 3),
            Size = config.Integer("hidden_size", MostFeatures),
            Layers = config.Integer("num_hidden_layers", MostBlocks),
            Heads = config.Integer("num_attention_heads", MostFeatures),
            Hidden = config.Integer("intermediate_size", MostFeatures),
            Activation = config.Activation("hidden_act", "gelu"),
            NormEpsilon = config.Positive("layer_norm_eps", 1e-12),
            UseAttentionBias = config.Flag("qkv_bias", true),
            Dropout = config.Share("hidden_dropout_prob"),
        };
        Layer[] layers = VisionTransformer.Layers(options);
        return new NetworkPlan(options.InputShape, request.Head == PretrainedHead.ImageClassification
            ? [.. layers, new FirstStep(), new Dense(request.Classes, request.Activation) { Name = "classifier" }]
            : layers);
    }
}
