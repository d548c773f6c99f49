using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>
/// Finds which slices of which parameters belong to one channel, so that all of them can be taken away together and a smaller network of the same layers
/// remains. The layers are gone through in the order of the forward pass with the channel of each place of the last axis; what joins values joins their
/// channels (compare Fang et al., DepGraph: Towards Any Structural Pruning, 2023, arXiv 2301.12900).
/// </summary>
internal sealed partial class ChannelAnalysis
{
    private const string IsInput = "its channels are those of the input";
    private const string IsOutput = "its channels are the answers of the network";

    private readonly List<ChannelAxis> axes = [];
    private readonly List<ChannelSize> sizes = [];
    private readonly List<LeftLayer> left = [];
    private readonly List<(int[] Channels, Action<int> Set)> extents = [];

    private ChannelAnalysis(JsonArray layers) => Layers = layers;

    /// <summary>The descriptions of the layers, whose sizes <see cref="Sizes"/> write.</summary>
    public JsonArray Layers { get; }

    /// <summary>Which channels go together.</summary>
    public ChannelSets Sets { get; } = new();

    /// <summary>The axes of parameters that belong to channels.</summary>
    public IReadOnlyList<ChannelAxis> Axes => axes;

    /// <summary>The sizes of layers.</summary>
    public IReadOnlyList<ChannelSize> Sizes => sizes;

    /// <summary>The layers that the analysis does not look into.</summary>
    public IReadOnlyList<LeftLayer> Left => left;

    /// <summary>Writes into the descriptions how many channels there are.</summary>
    /// <param name="count">How many of given channels stay.</param>
    public void Resize(Func<int[], int> count)
    {
        foreach (ChannelSize size in sizes)
        {
            size.Set(count(size.Channels));
        }

        foreach ((int[] channels, Action<int> set) in extents)
        {
            set(count(channels));
        }
    }

    /// <summary>Analyses a network.</summary>
    /// <exception cref="ArgumentException">A layer is of no kind that model files know.</exception>
    public static ChannelAnalysis Of(Sequential network)
    {
        ChannelAnalysis analysis = new(NetworkRewrite.Describe(network));
        int[] input = analysis.Pinned(network.InputShape, IsInput);
        analysis.Sets.Pin(analysis.Through(network.Layers, analysis.Layers, input), IsOutput);
        return analysis;
    }

    private int[] Pinned(Shape shape, string reason)
    {
        int[] channels = Sets.Add(shape.Rank == 0 ? 0 : shape[-1]);
        Sets.Pin(channels, reason);
        return channels;
    }

    private int[] Through(IReadOnlyList<Layer> layers, JsonArray descriptions, int[] input)
    {
        int[] channels = input;
        for (int index = 0; index < layers.Count; index++)
        {
            channels = Through(layers[index], descriptions[index]!.AsObject(), channels);
        }

        return channels;
    }

    /// <summary>The channels behind a layer.</summary>
    private int[] Through(Layer layer, JsonObject json, int[] input)
    {
        switch (layer)
        {
            case Chain chain:
                return Through(chain.Layers, Array(json, "layers"), input);
            case Residual:
                return ThroughResidual(layer, json, input);
            case Join join:
                return ThroughJoin(join, json, input);
            case Functional functional:
                return ThroughFunctional(functional, json, input);
            case Bidirectional:
                return ThroughBidirectional(layer, json, input);
            case GraphLayer graph:
                return ThroughGraph(graph, json, input);
            case EncoderDecoder or TiedEmbedding:
                return ThroughTokens(layer, json, input);
            case KernelLayer:
                return ThroughKernel(layer, json, input);
            case MultiHeadAttention or FeedForward or TransformerBlock:
                return ThroughTransformer(layer, json, input);
            default:
                return ThroughPlain(layer, json, input);
        }
    }

    private int[] ThroughPlain(Layer layer, JsonObject json, int[] input)
    {
        switch (layer)
        {
            case Activation:
                PinIfRows(layer, json, input);
                return input;
            case AveragePool1D or AveragePool2D or MaxPool1D or MaxPool2D or GlobalPoolingLayer:
            case RandomLayer or Elu or Rectifier or Rescaling:
            case Cropping1D or Cropping2D or ZeroPadding1D or ZeroPadding2D or UpSampling1D or UpSampling2D:
            case FirstStep or RepeatVector:
                return input;
            case Flatten:
                return Repeated(input, layer.OutputShape(layer.InputShape!)[0]);
            case Reshape:
                return ThroughReshape(layer, json, input);
            case BatchNorm or PRelu or ClassToken or LearnedPositions:
                Follow(layer, input);
                return input;
            case Embedding:
                return ThroughEmbedding(layer, json);
            case NormalizationLayer or SinusoidalPositions:
                Sets.Pin(input, $"{layer.Label} behind it computes with all channels of a row together");
                return input;
            case Permute when layer.OutputShape(layer.InputShape!)[-1] == layer.InputShape![-1] && KeepsLast(json):
                return input;
            default:
                return Leave(layer, input);
        }
    }

    private int[] Leave(Layer layer, int[] input)
    {
        left.Add(new LeftLayer(layer.Path, layer.Kind, $"the analysis does not look into layers of kind {layer.Kind}"));
        Sets.Pin(input, $"{layer.Label} behind it is of a kind that is left as it is");
        return Pinned(layer.OutputShape(layer.InputShape!), $"{layer.Label} is of a kind that is left as it is");
    }

    private int[] ThroughReshape(Layer layer, JsonObject json, int[] input)
    {
        Shape output = layer.OutputShape(layer.InputShape!);
        JsonArray shape = Array(json, "shape");
        bool isOpen = (int)shape[^1]! == -1;
        if (output.Rank > 0 && output[-1] == layer.InputShape![-1])
        {
            if (!isOpen)
            {
                extents.Add((input, count => shape[^1] = count));
            }

            return input;
        }

        return output.Rank == 1 && isOpen ? Repeated(input, output[0]) : Leave(layer, input);
    }

    private int[] ThroughEmbedding(Layer layer, JsonObject json)
    {
        int[] channels = Sets.Add(layer.OutputShape(layer.InputShape!)[-1]);
        Note(layer, "embeddings", 1, channels, ChannelRole.Makes);
        Note(layer, "segments", 1, channels, ChannelRole.Makes);
        Size(layer, json, "size", channels);
        return channels;
    }

    // Parameters whose last axis is that of the channels.
    private void Follow(Layer layer, int[] channels)
    {
        foreach (Parameter parameter in layer.OwnParameters)
        {
            Note(layer, parameter.Name, parameter.Type.Shape.Rank - 1, channels, ChannelRole.Follows);
        }
    }

    private void Note(Layer layer, string parameter, int axis, int[] channels, ChannelRole role)
    {
        if (layer.OwnParameters.Any(own => own.Name == parameter))
        {
            axes.Add(new ChannelAxis($"{layer.Path}.{parameter}", axis, channels, role));
        }
    }

    private void Size(Layer layer, JsonObject json, string attribute, int[] channels) =>
        sizes.Add(new ChannelSize(layer.Path, layer.Kind, attribute == "size" ? "channels" : attribute, channels, ChannelSize.Attribute(json, attribute)));

    // A softmax over the channels needs all of them.
    private void PinIfRows(Layer layer, JsonObject json, int[] channels)
    {
        if (json["activation"]?.ToString() == nameof(ActivationKind.Softmax))
        {
            Sets.Pin(channels, $"the softmax of {layer.Label} computes with all channels of a row together");
        }
    }

    private static bool KeepsLast(JsonObject json)
    {
        JsonArray axes = Array(json, "axes");
        return (int)axes[^1]! == axes.Max(axis => (int)axis!);
    }

    private static JsonArray Array(JsonObject json, string name) => json[name]!.AsArray();

    private static JsonObject Part(JsonObject json, string name) => json[name]!.AsObject();

    private static Layer Child(Module module, string name) => (Layer)module.Children[name];

    // The channels of rows that stand one behind the other.
    private static int[] Repeated(int[] channels, int count) => [.. Enumerable.Range(0, count).Select(place => channels[place % channels.Length])];

    // Each channel several times in a row.
    private static int[] Stretched(int[] channels, int times) => [.. channels.SelectMany(channel => Enumerable.Repeat(channel, times))];
}
