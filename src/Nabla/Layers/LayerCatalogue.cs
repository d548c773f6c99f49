using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>Says in JSON what layers are, and makes them again from that. A kind of layer is one entry here and its <see cref="Layer.Describe"/>.</summary>
internal static class LayerCatalogue
{
    private static readonly Dictionary<string, Func<JsonAttributes, Layer>> Kinds = new()
    {
        [nameof(Activation)] = json => new Activation(json.Activation()),
        [nameof(AdditiveAttention)] = AdditiveAttention.Create,
        [nameof(Added)] = json => new Added(json.Layers("branches")),
        [nameof(AlphaDropout)] = json => new AlphaDropout(json.Number("rate")),
        [nameof(AveragePool1D)] = json => new AveragePool1D(json.Integer("poolSize"), json.OptionalInteger("stride"), json.Padding()),
        [nameof(AveragePool2D)] = json => new AveragePool2D(json.Size("poolSize"), json.OptionalSize("stride"), json.Padding()),
        [nameof(Averaged)] = json => new Averaged(json.Layers("branches")),
        [nameof(BatchNorm)] = json => new BatchNorm(json.Number("momentum"), json.Number("epsilon")),
        [nameof(Bidirectional)] = Bidirectional.Create,
        [nameof(Chain)] = json => new Chain(json.Layers("layers")),
        [nameof(ClassToken)] = ClassToken.Create,
        [nameof(Concatenated)] = json => new Concatenated(json.Layers("branches")),
        [nameof(Conv1D)] = json => new Conv1D(
            json.Integer("filters"), json.Integer("kernelSize"), json.Activation(), json.Integer("stride", 1), json.Padding(), json.Integer("dilation", 1),
            json.Integer("groups", 1)),
        [nameof(Conv2D)] = json => new Conv2D(
            json.Integer("filters"), json.Size("kernelSize"), json.Activation(), json.Size("stride", 1), json.Padding(), json.Size("dilation", 1),
            json.Integer("groups", 1)),
        [nameof(Conv2DTranspose)] = json => new Conv2DTranspose(
            json.Integer("filters"), json.Size("kernelSize"), json.Activation(), json.Size("stride", 1), json.Padding(),
            json.Size("outputPadding", 0, least: 0), json.Size("dilation", 1)),
        [nameof(Cropping1D)] = json => new Cropping1D(json.Integer("before", 0, least: 0), json.Integer("after", 0, least: 0)),
        [nameof(Cropping2D)] = json => new Cropping2D(json.Padding("cropping")),
        [nameof(Dense)] = json => new Dense(json.Integer("units"), json.Activation()),
        [nameof(DepthwiseConv2D)] = json => new DepthwiseConv2D(
            json.Size("kernelSize"), json.Integer("multiplier", 1), json.Activation(), json.Size("stride", 1), json.Padding(), json.Size("dilation", 1)),
        [nameof(Dropout)] = json => new Dropout(json.Number("rate")),
        [nameof(Embedding)] = json => new Embedding(json.Integer("vocabularySize"), json.Integer("size"), json.OptionalInteger("paddingIndex"))
        {
            Segments = json.Integer("segments", 0, least: 0),
            Separator = json.OptionalInteger("separator"),
            EmbeddingsInitializer = json.Initializer("embeddingsInitializer", new RandomUniform()),
            EmbeddingsRegularizer = json.Regularizer("embeddingsRegularizer"),
        },
        [nameof(Elu)] = json => new Elu(json.Number("alpha")),
        [nameof(EncoderDecoder)] = EncoderDecoder.Create,
        [nameof(FeedForward)] = FeedForward.Create,
        [nameof(EndToEndMemory)] = EndToEndMemory.Create,
        [nameof(FirstStep)] = _ => new FirstStep(),
        [nameof(Flatten)] = _ => new Flatten(),
        [nameof(Functional)] = Functional.Create,
        [nameof(GaussianDropout)] = json => new GaussianDropout(json.Number("rate")),
        [nameof(GaussianNoise)] = json => new GaussianNoise(json.Number("deviation")),
        [nameof(GlobalAveragePool1D)] = json => new GlobalAveragePool1D { IgnoresPadding = json.Flag("ignoresPadding", false), Divisor = json.OptionalInteger("divisor") },
        [nameof(GlobalAveragePool2D)] = _ => new GlobalAveragePool2D(),
        [nameof(GlobalMaxPool1D)] = json => new GlobalMaxPool1D { IgnoresPadding = json.Flag("ignoresPadding", false) },
        [nameof(GlobalMaxPool2D)] = _ => new GlobalMaxPool2D(),
        [nameof(GraphLayer)] = GraphLayer.Create,
        [nameof(GroupNorm)] = json => new GroupNorm(json.Integer("groups"), json.Number("epsilon")),
        [nameof(Gru)] = json => new Gru(json.Integer("units")) { ResetAfter = json.Flag("resetAfter", true) },
        [nameof(LayerNorm)] = json => new LayerNorm(json.Number("epsilon")),
        [nameof(LearnedPositions)] = LearnedPositions.Create,
        [nameof(Lstm)] = json => new Lstm(json.Integer("units")),
        [nameof(MaxPool1D)] = json => new MaxPool1D(json.Integer("poolSize"), json.OptionalInteger("stride"), json.Padding()),
        [nameof(MaxPool2D)] = json => new MaxPool2D(json.Size("poolSize"), json.OptionalSize("stride"), json.Padding()),
        [nameof(MultiHeadAttention)] = MultiHeadAttention.Create,
        [nameof(Multiplied)] = json => new Multiplied(json.Layers("branches")),
        [nameof(Permute)] = json => new Permute(json.Integers("axes", least: 0)),
        [nameof(PRelu)] = json => new PRelu { SlopeInitializer = json.Initializer("slopeInitializer", new Constant(0.25)) },
        [nameof(Rectifier)] = json => new Rectifier(json.Number("slope", 0), json.OptionalNumber("limit"), json.Number("threshold", 0)),
        [nameof(RepeatVector)] = json => new RepeatVector(json.Integer("count")),
        [nameof(Reshape)] = json => new Reshape(json.Integers("shape", least: -1)),
        [nameof(Rescaling)] = json => new Rescaling(json.Number("factor"), json.Number("offset", 0)),
        [nameof(Residual)] = json => new Residual(
            json.Layer("body") ?? throw json.Error("body", "a layer"), json.Layer("shortcut"), json.Activation()),
        [nameof(RmsNorm)] = json => new RmsNorm(json.Number("epsilon")),
        [nameof(SeparableConv2D)] = json => new SeparableConv2D(
            json.Integer("filters"), json.Size("kernelSize"), json.Activation(), json.Size("stride", 1), json.Padding(), json.Size("dilation", 1),
            json.Integer("multiplier", 1)),
        [nameof(SimpleRnn)] = json => new SimpleRnn(json.Integer("units"), json.Activation()),
        [nameof(SinusoidalPositions)] = json => new SinusoidalPositions { ScalesInput = json.Flag("scalesInput", false) },
        [nameof(SpanReader)] = SpanReader.Create,
        [nameof(SpatialDropout1D)] = json => new SpatialDropout1D(json.Number("rate")),
        [nameof(SpatialDropout2D)] = json => new SpatialDropout2D(json.Number("rate")),
        [nameof(TiedEmbedding)] = TiedEmbedding.Create,
        [nameof(TransformerBlock)] = TransformerBlock.Create,
        [nameof(UpSampling2D)] = json => new UpSampling2D(json.Size("factor"), json.Choice<Interpolation>("interpolation")),
        [nameof(UpSampling1D)] = json => new UpSampling1D(json.Integer("factor")),
        [nameof(ZeroPadding1D)] = json => new ZeroPadding1D(json.Integer("before", 0, least: 0), json.Integer("after", 0, least: 0)),
        [nameof(ZeroPadding2D)] = json => new ZeroPadding2D(json.Padding()),
    };

    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyCollection<string> Names => Kinds.Keys;

    /// <summary>The kind and the attributes of a layer; those that are as usual are left out.</summary>
    /// <exception cref="ArgumentException">The layer is of no kind that model files know, or layers stand too deep within each other.</exception>
    public static JsonObject Describe(Layer layer)
    {
        if (!Kinds.ContainsKey(layer.Kind))
        {
            throw new ArgumentException($"{layer.Label} cannot be saved: model files know the layers {string.Join(", ", Kinds.Keys)}.");
        }

        if (DepthOf(layer) > LayerBudget.Depth)
        {
            throw new ArgumentException($"{layer.Label} cannot be saved: model files hold layers within layers at most {LayerBudget.Depth} deep.");
        }

        JsonObject description = new() { ["kind"] = layer.Kind };
        foreach ((string name, JsonNode? value) in layer.DescribeOptions().Concat(layer.Describe()).Where(pair => pair.Value is not null))
        {
            description[name] = value!.DeepClone();
        }

        return description;
    }

    /// <summary>Layers as they were described.</summary>
    /// <param name="descriptions">What <see cref="Describe"/> gave for each.</param>
    /// <param name="stored">The value of a parameter by its full name and type, or an error; null for initial values.</param>
    /// <exception cref="JsonException">There is no such kind, or an attribute is missing, wrong or unknown.</exception>
    /// <exception cref="ArgumentException">The attributes do not fit together.</exception>
    public static Layer[] Create(IEnumerable<JsonObject> descriptions, Func<string, TensorType, Tensor>? stored = null)
    {
        LayerBudget budget = new(stored);
        return [.. descriptions.Select(description => Create(new JsonAttributes(description, budget)))];
    }

    /// <summary>A layer as it was described.</summary>
    /// <inheritdoc cref="Create(IEnumerable{JsonObject}, Func{string, TensorType, Tensor}?)"/>
    public static Layer Create(JsonAttributes attributes)
    {
        if (!Kinds.TryGetValue(attributes.Kind, out Func<JsonAttributes, Layer>? create))
        {
            throw new JsonException($"expected one of the layers {string.Join(", ", Kinds.Keys)}, got '{attributes.Kind}'");
        }

        attributes.CountLayer();
        Layer layer = create(attributes);
        layer.Restore(attributes);
        attributes.RequireNoOthers();
        return layer;
    }

    private static int DepthOf(Module module) => module.Children.Count == 0 ? 0 : 1 + module.Children.Values.Max(DepthOf);
}
