using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Keras.Layers;

/// <summary>What a Keras layer becomes: a layer as Nabla's model files describe it, and layers behind it, which have no weights.</summary>
internal sealed record KerasPart(JsonObject Layer, params JsonObject[] Behind);

/// <summary>The closed table of Keras' layer classes that are read. A class that is not here is refused, whatever its name.</summary>
internal static class KerasLayers
{
    private static readonly Dictionary<string, Func<KerasOptions, KerasPart>> Classes = new()
    {
        ["Activation"] = Activate,
        ["ActivityRegularization"] = options => Plain(options, Kind(nameof(Chain), ("layers", new JsonArray())), "l1", "l2"),
        ["AlphaDropout"] = options => new(Random(options, nameof(AlphaDropout))),
        ["AveragePooling1D"] = options => new(Pool(options, nameof(AveragePool1D), axes: 1)),
        ["AveragePooling2D"] = options => new(Pool(options, nameof(AveragePool2D), axes: 2)),
        ["BatchNormalization"] = KerasNormalizations.Batch,
        ["Bidirectional"] = KerasRecurrent.Bidirectional,
        ["Conv1D"] = KerasConvolutions.Conv1D,
        ["Conv2D"] = KerasConvolutions.Conv2D,
        ["Conv2DTranspose"] = KerasConvolutions.Conv2DTranspose,
        ["Cropping1D"] = options => new(Steps(options, nameof(Cropping1D), "cropping")),
        ["Cropping2D"] = options => new(Kind(nameof(Cropping2D), ("cropping", Border(options, "cropping")))),
        ["Dense"] = options => KerasKernels.Of(options, nameof(Dense), ("units", options.Integer("units"))),
        ["DepthwiseConv2D"] = KerasConvolutions.DepthwiseConv2D,
        ["Dropout"] = options => new(Random(options, nameof(Dropout))),
        ["ELU"] = options => new(Kind(nameof(Elu), ("alpha", options.Number("alpha", 1)))),
        ["Embedding"] = Embedding,
        ["Flatten"] = options => Plain(options, Kind(nameof(Flatten)), "data_format"),
        ["GaussianDropout"] = options => new(Random(options, nameof(GaussianDropout))),
        ["GaussianNoise"] = options => new(Kind(nameof(GaussianNoise), ("deviation", options.Number("stddev")))),
        ["GlobalAveragePooling1D"] = options => Global(options, nameof(GlobalAveragePool1D), axes: 1),
        ["GlobalAveragePooling2D"] = options => Global(options, nameof(GlobalAveragePool2D), axes: 2),
        ["GlobalMaxPooling1D"] = options => Global(options, nameof(GlobalMaxPool1D), axes: 1),
        ["GlobalMaxPooling2D"] = options => Global(options, nameof(GlobalMaxPool2D), axes: 2),
        ["GroupNormalization"] = KerasNormalizations.Group,
        ["GRU"] = options => new(KerasRecurrent.Gru(options, reversed: false)),
        ["LayerNormalization"] = KerasNormalizations.Layer,
        ["LeakyReLU"] = options => new(Kind(nameof(Rectifier), ("slope", options.Number(options.Has("alpha") ? "alpha" : "negative_slope", 0.3)))),
        ["LSTM"] = options => new(KerasRecurrent.Lstm(options, reversed: false)),
        ["MaxPooling1D"] = options => new(Pool(options, nameof(MaxPool1D), axes: 1)),
        ["MaxPooling2D"] = options => new(Pool(options, nameof(MaxPool2D), axes: 2)),
        ["MultiHeadAttention"] = Attention,
        ["Permute"] = options => new(Kind(nameof(Permute), ("axes", List(options.Integers("dims").Select(axis => axis - 1))))),
        ["PReLU"] = PRelu,
        ["ReLU"] = Relu,
        ["RepeatVector"] = options => new(Kind(nameof(RepeatVector), ("count", options.Integer("n")))),
        ["Rescaling"] = options => new(Kind(nameof(Rescaling), ("factor", options.Number("scale")), ("offset", options.Number("offset", 0)))),
        ["Reshape"] = options => new(Kind(nameof(Reshape), ("shape", List(options.Integers("target_shape"))))),
        ["RMSNormalization"] = KerasNormalizations.Rms,
        ["SeparableConv2D"] = KerasConvolutions.SeparableConv2D,
        ["SimpleRNN"] = options => new(KerasRecurrent.Simple(options, reversed: false)),
        ["Softmax"] = options => Plain(LastAxis(options), Kind(nameof(Activation), ("activation", nameof(ActivationKind.Softmax)))),
        ["SpatialDropout1D"] = options => new(Random(options, nameof(SpatialDropout1D))),
        ["SpatialDropout2D"] = options => new(Random(ChannelsLast(options), nameof(SpatialDropout2D))),
        ["TimeDistributed"] = TimeDistributed,
        ["UpSampling1D"] = options => new(Kind(nameof(UpSampling1D), ("factor", options.Integer("size", 2)))),
        ["UpSampling2D"] = UpSampling,
        ["ZeroPadding1D"] = options => new(Steps(options, nameof(ZeroPadding1D), "padding")),
        ["ZeroPadding2D"] = options => new(Kind(nameof(ZeroPadding2D), ("padding", Border(options, "padding")))),
    };

    /// <summary>The classes that are read, beside models, inputs and joins.</summary>
    public static IReadOnlyCollection<string> Names => Classes.Keys;

    /// <summary>Fails unless the class is in the table.</summary>
    /// <exception cref="KerasException">It is not.</exception>
    public static void RequireKnown(KerasEntry entry)
    {
        if (!Classes.ContainsKey(entry.ClassName))
        {
            throw new KerasException($"{entry.Label} ({(entry.ClassName == "Lambda" ? "holds code, which is never run" : "there is no such layer")})");
        }
    }

    /// <summary>What a layer becomes.</summary>
    /// <exception cref="KerasException">There is no such class here, or it has an option that Nabla's layer does not have.</exception>
    public static KerasPart Read(KerasEntry entry, Shape? input)
    {
        RequireKnown(entry);
        KerasOptions options = new(entry, input);
        KerasPart part = Classes[entry.ClassName](options);
        options.RequireNoOthers();
        return part;
    }

    /// <summary>A description of a kind with attributes; those that are null are left out.</summary>
    public static JsonObject Kind(string kind, params (string Name, JsonNode? Value)[] attributes)
    {
        JsonObject description = new() { ["kind"] = kind };
        foreach ((string name, JsonNode? value) in attributes.Where(attribute => attribute.Value is not null))
        {
            description[name] = value;
        }

        return description;
    }

    /// <summary>The options once channels are known to come last.</summary>
    public static KerasOptions ChannelsLast(KerasOptions options)
    {
        options.Require("data_format", options.Text("data_format") is null or "channels_last", "images are channels last here; save the model so");
        return options;
    }

    /// <summary>The options once the axis is known to be the last one.</summary>
    public static KerasOptions LastAxis(KerasOptions options)
    {
        int[] axes = options.Integers("axis", fallback: -1);
        bool last = axes is [int axis] && (axis == -1 || options.Input is null || axis == options.Input.Rank);
        options.Require("axis", last, "only the last axis can be taken");
        return options;
    }

    private static KerasPart Activate(KerasOptions options)
    {
        (ActivationKind kind, JsonObject? layer) = KerasActivations.Read(options);
        return new(layer ?? Kind(nameof(Activation), ("activation", kind.ToString())));
    }

    private static JsonArray List(IEnumerable<int> numbers) => new([.. numbers.Select(number => (JsonNode)number)]);

    private static KerasPart Plain(KerasOptions options, JsonObject description, params string[] ignored)
    {
        options.Ignore(ignored);
        if (ignored.Contains("data_format"))
        {
            ChannelsLast(options);
        }

        return new(description);
    }

    private static JsonObject Random(KerasOptions options, string kind)
    {
        options.Require("noise_shape", !options.Has("noise_shape"), "each number is dropped alone here");
        return Kind(kind, ("rate", options.Number("rate")));
    }

    private static JsonObject Pool(KerasOptions options, string kind, int axes)
    {
        ChannelsLast(options);
        JsonNode size = axes == 1 ? options.Integer("pool_size", 2) : options.Size("pool_size", 2);
        JsonNode? stride = !options.Has("strides") ? null : axes == 1 ? options.Integer("strides") : options.Size("strides");
        return Kind(kind, ("poolSize", size), ("stride", stride), ("padding", KerasConvolutions.Padding(options)));
    }

    private static KerasPart Global(KerasOptions options, string kind, int axes)
    {
        ChannelsLast(options);
        return options.Flag("keepdims", false)
            ? new(Kind(kind), Kind(nameof(Reshape), ("shape", List([.. Enumerable.Repeat(1, axes), -1]))))
            : new(Kind(kind));
    }

    private static JsonObject Steps(KerasOptions options, string kind, string option)
    {
        ChannelsLast(options);
        int[] steps = options.Borders(option, axes: 1);
        return Kind(kind, ("before", steps[0]), ("after", steps[1]));
    }

    private static JsonNode Border(KerasOptions options, string option) => List(ChannelsLast(options).Borders(option, axes: 2));

    private static KerasPart Relu(KerasOptions options) => new(Kind(
        nameof(Rectifier),
        ("slope", options.Number("negative_slope", 0)),
        ("limit", options.Has("max_value") ? options.Number("max_value") : null),
        ("threshold", options.Number("threshold", 0))));

    private static KerasPart PRelu(KerasOptions options)
    {
        int[] shared = options.Has("shared_axes") ? options.Integers("shared_axes") : [];
        bool perChannel = options.Input is null || shared.Order().SequenceEqual(Enumerable.Range(1, options.Input.Rank - 1));
        options.Require("shared_axes", perChannel, "slopes are those of channels here, shared over all axes but the last");
        return new(Kind(nameof(Nabla.Layers.PRelu)));
    }

    private static KerasPart Embedding(KerasOptions options)
    {
        options.Require("mask_zero", !options.Flag("mask_zero", false), "layers know where a sequence ends here, not which of its steps are masked");
        options.Ignore("embeddings_regularizer");
        return new(Kind(nameof(Nabla.Layers.Embedding), ("vocabularySize", options.Integer("input_dim")), ("size", options.Integer("output_dim"))));
    }

    private static KerasPart Attention(KerasOptions options)
    {
        int size = options.Integer("key_dim");
        options.Require("value_dim", !options.Has("value_dim") || options.Integer("value_dim") == size, "keys and values have one size here");
        options.Require("output_shape", !options.Has("output_shape"), "the output has the input's size here");
        options.Require("attention_axes", !options.Has("attention_axes") || options.Integers("attention_axes") is [1], "attention runs over the steps here");
        options.Ignore("kernel_regularizer", "bias_regularizer", "query_shape", "key_shape", "value_shape");
        return new(Kind(
            nameof(MultiHeadAttention),
            ("heads", options.Integer("num_heads")),
            ("headSize", size),
            ("dropout", options.Number("dropout", 0)),
            ("useBias", options.Flag("use_bias", true))));
    }

    private static KerasPart UpSampling(KerasOptions options)
    {
        string interpolation = ChannelsLast(options).Text("interpolation") ?? "nearest";
        options.Require("interpolation", interpolation is "nearest" or "bilinear", "nearest and bilinear are what there is");
        string kind = interpolation == "nearest" ? nameof(Interpolation.Nearest) : nameof(Interpolation.Bilinear);
        return new(Kind(nameof(UpSampling2D), ("factor", options.Size("size", 2)), ("interpolation", kind)));
    }

    private static KerasPart TimeDistributed(KerasOptions options)
    {
        KerasEntry inner = KerasEntry.Read(options.Node("layer"));
        return inner.ClassName is "Dense" or "Activation" or "Dropout"
            ? Read(inner, options.Input)
            : throw new KerasException($"{options.Entry.Label} (around {inner.Label}: only Dense, Activation and Dropout treat each step alone here)");
    }
}
