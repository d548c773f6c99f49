using Nabla.Layers;
using Nabla.Vision;

namespace Nabla.HuggingFace;

/// <summary>ResNet (He et al., 2015, arXiv 1512.03385) with the stride of bottlenecks in their 3 x 3 convolution, or in the first.</summary>
internal sealed class ResNetFamily : Family
{
    private const int MostChannels = 1 << 16;
    private const int UsualImage = 224;

    public override string Map => "resnet";

    public override bool ReadsText => false;

    public override IReadOnlyDictionary<string, string> ModelTypes { get; } = new Dictionary<string, string> { ["resnet"] = "ResNet" };

    public override IReadOnlyDictionary<PretrainedHead, string> Heads { get; } = new Dictionary<PretrainedHead, string>
    {
        [PretrainedHead.None] = "Model",
        [PretrainedHead.ImageClassification] = "ForImageClassification",
    };

    public override NetworkPlan Plan(PretrainedConfig config, NetworkRequest request)
    {
        int[] channels = config.Integers("hidden_sizes", MostChannels);
        int[] depths = config.Integers("depths", MostBlocks);
        if (channels.Length == 0 || channels.Length != depths.Length || depths.Sum() > MostBlocks)
        {
            throw config.Error("depths", $"as many numbers as 'hidden_sizes' has, {channels.Length}, and at most {MostBlocks} blocks");
        }

        string kind = config.Text("layer_type") ?? "bottleneck";
        ResNetOptions options = new()
        {
            StemChannels = config.Integer("embedding_size", MostChannels, fallback: 64),
            Channels = channels,
            Depths = depths,
            Bottleneck = kind switch
            {
                "bottleneck" => true,
                "basic" => false,
                _ => throw config.Error("layer_type", "basic or bottleneck"),
            },
            Activation = config.Activation("hidden_act", "relu"),
            HalvesFirstStage = config.Flag("downsample_in_first_stage", false),
            HalvesInFirstConvolution = config.Flag("downsample_in_bottleneck", false),
        };
        int size = request.ImageSize ?? UsualImage;
        Layer[] layers = ResNet.Layers(options);
        return new NetworkPlan([size, size, config.Integer("num_channels", MostChannels, fallback: 3)], request.Head == PretrainedHead.ImageClassification
            ? [.. layers, new GlobalAveragePool2D(), new Dense(request.Classes, request.Activation) { Name = "classifier" }]
            : layers);
    }
}
