using System.Text.Json.Nodes;
using Nabla.Keras.Layers;
using Nabla.Layers;

namespace Nabla.Keras.Writing;

/// <summary>A Keras class with its options.</summary>
internal sealed record KerasClass(string Name, JsonObject Config);

/// <summary>Says in Keras' words what layers are: the other way round than <see cref="KerasLayers"/>.</summary>
internal static class KerasLayerWriter
{
    private static readonly Dictionary<string, Func<Layer, JsonObject, IEnumerable<KerasClass>>> Kinds = new()
    {
        [nameof(Activation)] = (_, json) => Activate(KindOf(json)),
        [nameof(AlphaDropout)] = Rate("AlphaDropout"),
        [nameof(AveragePool1D)] = Pool("AveragePooling1D"),
        [nameof(AveragePool2D)] = Pool("AveragePooling2D"),
        [nameof(BatchNorm)] = (layer, json) => [Normal("BatchNormalization", layer, ("axis", -1), ("momentum", json["momentum"]))],
        [nameof(Bidirectional)] = (layer, json) => [Both((Bidirectional)layer, json)],
        [nameof(Conv1D)] = (layer, json) => Convolution("Conv1D", layer, json, ("filters", json["filters"]), ("groups", json["groups"] ?? 1)),
        [nameof(Conv2D)] = (layer, json) => Convolution("Conv2D", layer, json, ("filters", json["filters"]), ("groups", json["groups"] ?? 1)),
        [nameof(Conv2DTranspose)] = Transposed,
        [nameof(Cropping1D)] = Border("Cropping1D", "cropping"),
        [nameof(Cropping2D)] = Border("Cropping2D", "cropping"),
        [nameof(Dense)] = (layer, json) => WithActivation(Class("Dense", ("units", json["units"]), ("use_bias", ((KernelLayer)layer).UseBias)), json),
        [nameof(DepthwiseConv2D)] = (layer, json) => Convolution("DepthwiseConv2D", layer, json, ("depth_multiplier", json["multiplier"] ?? 1)),
        [nameof(Dropout)] = Rate("Dropout"),
        [nameof(Elu)] = (_, json) => [Class("ELU", ("alpha", json["alpha"]))],
        [nameof(Embedding)] = Embed,
        [nameof(Flatten)] = (_, _) => [Class("Flatten")],
        [nameof(GaussianDropout)] = Rate("GaussianDropout"),
        [nameof(GaussianNoise)] = (_, json) => [Class("GaussianNoise", ("stddev", json["deviation"]))],
        [nameof(GlobalAveragePool1D)] = (_, _) => [Class("GlobalAveragePooling1D")],
        [nameof(GlobalAveragePool2D)] = (_, _) => [Class("GlobalAveragePooling2D")],
        [nameof(GlobalMaxPool1D)] = (_, _) => [Class("GlobalMaxPooling1D")],
        [nameof(GlobalMaxPool2D)] = (_, _) => [Class("GlobalMaxPooling2D")],
        [nameof(GroupNorm)] = (layer, json) => [Normal("GroupNormalization", layer, ("axis", -1), ("groups", json["groups"]))],
        [nameof(Gru)] = (layer, _) => [Recurrent((RecurrentLayer)layer)],
        [nameof(LayerNorm)] = (layer, _) => [Normal("LayerNormalization", layer, ("axis", -1))],
        [nameof(Lstm)] = (layer, _) => [Recurrent((RecurrentLayer)layer)],
        [nameof(MaxPool1D)] = Pool("MaxPooling1D"),
        [nameof(MaxPool2D)] = Pool("MaxPooling2D"),
        [nameof(MultiHeadAttention)] = (layer, _) => [Attend((MultiHeadAttention)layer)],
        [nameof(Permute)] = (_, json) => [Class("Permute", ("dims", new JsonArray([.. Numbers(json["axes"]).Select(axis => (JsonNode)(axis + 1))])))],
        [nameof(PRelu)] = (layer, _) => [Class("PReLU", ("shared_axes", new JsonArray([.. Enumerable.Range(1, layer.InputShape!.Rank - 1).Select(axis => (JsonNode)axis)])))],
        [nameof(Rectifier)] = (_, json) => [Class("ReLU", ("max_value", json["limit"]), ("negative_slope", json["slope"] ?? 0), ("threshold", json["threshold"] ?? 0))],
        [nameof(RepeatVector)] = (_, json) => [Class("RepeatVector", ("n", json["count"]))],
        [nameof(Rescaling)] = (_, json) => [Class("Rescaling", ("scale", json["factor"]), ("offset", json["offset"] ?? 0))],
        [nameof(Reshape)] = (layer, _) => [Class("Reshape", ("target_shape", List(layer.OutputShape(layer.InputShape!))))],
        [nameof(RmsNorm)] = Rms,
        [nameof(SeparableConv2D)] = (layer, json) => Convolution("SeparableConv2D", layer, json, ("filters", json["filters"]), ("depth_multiplier", json["multiplier"] ?? 1)),
        [nameof(SimpleRnn)] = (layer, _) => [Recurrent((RecurrentLayer)layer)],
        [nameof(SpatialDropout1D)] = Rate("SpatialDropout1D"),
        [nameof(SpatialDropout2D)] = Rate("SpatialDropout2D"),
        [nameof(UpSampling1D)] = (_, json) => [Class("UpSampling1D", ("size", json["factor"]))],
        [nameof(UpSampling2D)] = (_, json) => [Class("UpSampling2D", ("size", Pair(json["factor"])), ("interpolation", json["interpolation"]!.GetValue<string>().ToLowerInvariant()))],
        [nameof(ZeroPadding1D)] = Border("ZeroPadding1D", "padding"),
        [nameof(ZeroPadding2D)] = Border("ZeroPadding2D", "padding"),
    };

    /// <summary>Whether a kind of layer is written.</summary>
    public static bool Knows(Layer layer) => Kinds.ContainsKey(layer.Kind);

    /// <summary>The Keras layers that compute what a layer does, one behind the other.</summary>
    /// <exception cref="ArgumentException">Keras has no layer that computes the same.</exception>
    public static IEnumerable<KerasClass> Write(Layer layer) => Kinds[layer.Kind](layer, LayerCatalogue.Describe(layer));

    /// <summary>The layers of an activation; none where there is nothing to do.</summary>
    public static IEnumerable<KerasClass> Activate(ActivationKind kind) => kind switch
    {
        ActivationKind.Linear => [],
        ActivationKind.LeakyRelu => [Class("LeakyReLU", ("negative_slope", 0.01))],
        _ => [Class("Activation", ("activation", KerasActivations.NameOf(kind) ?? throw new ArgumentException($"an activation {kind}")))],
    };

    /// <summary>A class with options; those that are null are left out.</summary>
    public static KerasClass Class(string name, params (string Name, JsonNode? Value)[] options)
    {
        JsonObject config = [];
        foreach ((string option, JsonNode? value) in options.Where(option => option.Value is not null))
        {
            config[option] = value!.DeepClone();
        }

        return new KerasClass(name, config);
    }

    private static ActivationKind KindOf(JsonObject json) => Enum.Parse<ActivationKind>(json["activation"]?.GetValue<string>() ?? nameof(ActivationKind.Linear));

    private static IEnumerable<KerasClass> WithActivation(KerasClass layer, JsonObject json)
    {
        ActivationKind kind = KindOf(json);
        string? name = KerasActivations.NameOf(kind);
        layer.Config["activation"] = name ?? "linear";
        return name is null ? Activate(kind).Prepend(layer) : [layer];
    }

    private static Func<Layer, JsonObject, IEnumerable<KerasClass>> Rate(string name) => (_, json) => [Class(name, ("rate", json["rate"]))];

    private static Func<Layer, JsonObject, IEnumerable<KerasClass>> Pool(string name) => (_, json) =>
    {
        bool images = name.EndsWith("2D", StringComparison.Ordinal);
        JsonNode? size = images ? Pair(json["poolSize"]) : json["poolSize"];
        JsonNode? stride = json["stride"] is null ? size : images ? Pair(json["stride"]) : json["stride"];
        return json["padding"] is JsonArray
            ? throw new ArgumentException("a padding in numbers")
            : [Class(name, ("pool_size", size), ("strides", stride), ("padding", json["padding"] is null ? "valid" : "same"))];
    };

    private static Func<Layer, JsonObject, IEnumerable<KerasClass>> Border(string name, string option) => (_, json) =>
    {
        int[] sides = json["before"] is null ? Numbers(json[option] ?? 0) : [json["before"]!.GetValue<int>(), json["after"]!.GetValue<int>()];
        sides = sides.Length == 1 ? [sides[0], sides[0], sides[0], sides[0]] : sides;
        return [Class(name, (option, sides.Length == 2 ? List(sides) : new JsonArray(List(sides[..2]), List(sides[2..]))))];
    };

    private static IEnumerable<KerasClass> Convolution(string name, Layer layer, JsonObject json, params (string Name, JsonNode? Value)[] options)
    {
        bool images = layer is ImageKernelLayer;
        JsonNode Sized(string attribute) => images ? Pair(json[attribute] ?? 1) : json[attribute]?.DeepClone() ?? 1;
        (KerasClass? before, string padding) = Around(json, images);
        KerasClass written = Class(
            name,
            [
                .. options,
                ("kernel_size", Sized("kernelSize")),
                ("strides", Sized("stride")),
                ("padding", padding),
                ("dilation_rate", Sized("dilation")),
                ("use_bias", ((KernelLayer)layer).UseBias),
            ]);
        IEnumerable<KerasClass> all = WithActivation(written, json);
        return before is null ? all : all.Prepend(before);
    }

    // Padding in numbers is a layer of its own.
    private static (KerasClass? Before, string Padding) Around(JsonObject json, bool images)
    {
        if (json["padding"] is not JsonArray sides)
        {
            return (null, json["padding"] is null ? "valid" : "same");
        }

        int[] numbers = Numbers(sides);
        return (images
            ? Class("ZeroPadding2D", ("padding", new JsonArray(List(numbers[..2]), List(numbers[2..]))))
            : Class("ZeroPadding1D", ("padding", List(numbers[2..]))), "valid");
    }

    private static IEnumerable<KerasClass> Transposed(Layer layer, JsonObject json)
    {
        int[] extra = Numbers(Pair(json["outputPadding"] ?? 0));
        bool plain = json["padding"] is null || (json["padding"] is not JsonArray && extra is [0, 0]);
        return plain
            ? Convolution("Conv2DTranspose", layer, json, ("filters", json["filters"]), ("output_padding", json["padding"] is null ? List(extra) : null))
            : throw new ArgumentException("a padding in numbers");
    }

    private static KerasClass Normal(string name, Layer layer, params (string Name, JsonNode? Value)[] options)
    {
        NormalizationLayer normal = (NormalizationLayer)layer;
        return Class(name, [.. options, ("epsilon", normal.Epsilon), ("center", normal.UseBias), ("scale", normal.UseScale)]);
    }

    private static IEnumerable<KerasClass> Rms(Layer layer, JsonObject json) => layer is RmsNorm { UseBias: false, UseScale: true } rms
        ? [Class("RMSNormalization", ("axis", -1), ("epsilon", rms.Epsilon))]
        : throw new ArgumentException("a bias, or no scale");

    private static IEnumerable<KerasClass> Embed(Layer layer, JsonObject json) => json["paddingIndex"] is null
        ? [Class("Embedding", ("input_dim", json["vocabularySize"]), ("output_dim", json["size"]))]
        : throw new ArgumentException("an index that stands for nothing");

    private static KerasClass Recurrent(RecurrentLayer layer, bool within = false)
    {
        if (!within && layer is { GoBackwards: true, ReturnSequences: true })
        {
            throw new ArgumentException("steps that go backwards and stay at their places");
        }

        (string Name, JsonNode? Value)[] shared =
        [
            ("units", layer.Units),
            ("activation", KerasActivations.NameOf(layer.Activation)),
            ("use_bias", layer.UseBias),
            ("return_sequences", layer.ReturnSequences),
            ("go_backwards", layer.GoBackwards),
            ("dropout", layer.Dropout),
            ("recurrent_dropout", layer.RecurrentDropout),
        ];
        return layer switch
        {
            Lstm => Class("LSTM", [.. shared, ("recurrent_activation", "sigmoid")]),
            Gru gru => Class("GRU", [.. shared, ("recurrent_activation", "sigmoid"), ("reset_after", gru.ResetAfter)]),
            _ => Class("SimpleRNN", shared),
        };
    }

    private static KerasClass Both(Bidirectional layer, JsonObject json)
    {
        string merge = json["merge"]!.GetValue<string>() switch
        {
            nameof(BidirectionalMerge.Sum) => "sum",
            nameof(BidirectionalMerge.Average) => "ave",
            nameof(BidirectionalMerge.Multiply) => "mul",
            _ => "concat",
        };
        return Class(
            "Bidirectional",
            ("layer", Entry(Recurrent(layer.ForwardLayer, within: true), "forward")),
            ("backward_layer", Entry(Recurrent(layer.BackwardLayer, within: true), "backward")),
            ("merge_mode", merge));
    }

    private static KerasClass Attend(MultiHeadAttention layer)
    {
        bool plain = layer is { CrossAttention: false, Positions: AttentionPositions.None } && (layer.KeyValueHeads is null || layer.KeyValueHeads == layer.Heads);
        int size = layer.HeadSize ?? (layer.InputShape![1] / layer.Heads);
        return plain
            ? Class("MultiHeadAttention", ("num_heads", layer.Heads), ("key_dim", size), ("value_dim", size), ("dropout", layer.Dropout), ("use_bias", layer.UseBias))
            : throw new ArgumentException("positions, a memory, or fewer heads of keys than of queries");
    }

    /// <summary>A layer as an entry of a configuration.</summary>
    public static JsonObject Entry(KerasClass layer, string name)
    {
        JsonObject config = new() { ["name"] = name, ["trainable"] = true, ["dtype"] = "float32" };
        foreach ((string option, JsonNode? value) in layer.Config)
        {
            config[option] = value?.DeepClone();
        }

        return new JsonObject { ["module"] = "keras.layers", ["class_name"] = layer.Name, ["config"] = config, ["registered_name"] = null };
    }

    private static int[] Numbers(JsonNode? node) => node is JsonArray list ? [.. list.Select(item => item!.GetValue<int>())] : [node!.GetValue<int>()];

    private static JsonArray Pair(JsonNode? node) => Numbers(node) is [int both] ? new JsonArray(both, both) : List(Numbers(node));

    private static JsonArray List(IEnumerable<int> numbers) => new([.. numbers.Select(number => (JsonNode)number)]);
}
