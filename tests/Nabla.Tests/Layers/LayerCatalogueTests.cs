using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Layers;
using Nabla.Layers.Initializers;
using Nabla.Layers.Regularizers;

namespace Nabla.Tests.Layers;

public sealed class LayerCatalogueTests
{
    public static TheoryData<Initializer> Initializers() =>
    [
        new Zeros(), new Ones(), new Constant(0.5), new RandomUniform(-1, 2), new RandomNormal(0.1, 0.2), new TruncatedNormal(0.1, 0.2), new Orthogonal(1.4),
        new GlorotNormal(), new HeUniform(), new HeNormal(), new LeCunUniform(), new LeCunNormal(),
        new VarianceScaling(1.5, FanMode.Outputs, WeightDistribution.Normal),
    ];

    /// <summary>A layer of each kind, none of its attributes as usual, with the shape of a sample.</summary>
    public static TheoryData<Layer, int[]> Layers() => new()
    {
        { new Activation(ActivationKind.Silu) { Name = "a" }, [3] },
        { new Added(new Dense(2), new Dense(2)) { Name = "a" }, [3] },
        { new AdditiveAttention(2) { KernelInitializer = new HeNormal() }, [4, 3] },
        { new AlphaDropout(0.1), [3] },
        { new AveragePool1D(2), [5, 2] },
        { new AveragePool2D(2, 1, Padding.Same), [4, 4, 1] },
        { new Averaged(new Dense(2), new Dense(2)), [3] },
        { new BatchNorm(0.5, 0.1) { UseBias = false, ScaleInitializer = new Constant(2) }, [3] },
        { new Bidirectional(new Lstm(3) { ReturnSequences = true, UseBias = false }, BidirectionalMerge.Average), [4, 2] },
        { new Chain(new Dense(2) { Name = "first" }, new Chain(new Flatten(), new Dropout(0.5)) { Name = "inner" }), [3] },
        { new ClassToken { TokenInitializer = new Constant(0.5) }, [3, 2] },
        { new Concatenated(new Dense(2), new Chain()), [3] },
        { new Conv1D(4, 2, ActivationKind.Tanh, 2, new Padding(1, 0), 3, 2) { UseBias = false }, [7, 2] },
        { new Conv2D(2, 3, ActivationKind.Relu), [4, 4, 1] },
        { new Conv2DTranspose(3, (2, 3), ActivationKind.Relu, 2, new Padding(1, 0, 0, 1), (1, 0), 2), [3, 4, 2] },
        { new Cropping1D(1, 2), [5, 2] },
        { new Cropping2D(new Padding(1, 0, 2, 1)), [4, 4, 1] },
        { new Dense(2, ActivationKind.Elu), [3] },
        { new DepthwiseConv2D((1, 3), 2, ActivationKind.Relu, (2, 1), Padding.Same, (1, 2)), [4, 5, 3] },
        { new Dropout(0.1), [3] },
        { new Elu(0.3), [3] },
        { new Embedding(5, 2, paddingIndex: 0) { Segments = 2, Separator = 3, EmbeddingsInitializer = new RandomNormal(), EmbeddingsRegularizer = new L2(0.1) }, [3] },
        {
            new EncoderDecoder(
                new TransformerBlock(2, 3), new TransformerBlock(2, 3) { CrossAttention = true, MemorySize = 4 }, new Embedding(6, 4, paddingIndex: 0)),
            [2, 3]
        },
        { new FeedForward(3, ActivationKind.Silu) { Gated = true, Dropout = 0.1, UseBias = false, KernelInitializer = new HeNormal() }, [3] },
        { new EndToEndMemory(5, 4, hops: 2), [4, 3] },
        { new FirstStep(), [3, 2] },
        { new Flatten(), [3, 2] },
        { FunctionalTests.Branching(), [3] },
        { new GaussianDropout(0.1), [3] },
        { new GaussianNoise(0.1), [3] },
        { new GlobalAveragePool1D { IgnoresPadding = true, Divisor = 7 }, [5, 2] },
        { new GlobalAveragePool2D(), [3, 4, 2] },
        { new GlobalMaxPool1D { IgnoresPadding = true }, [5, 2] },
        { new GlobalMaxPool2D(), [3, 4, 2] },
        { new GroupNorm(2, 0.1), [4] },
        { new Gru(3) { ReturnSequences = true, ResetAfter = false, BiasInitializer = new RandomNormal() }, [4, 2] },
        { new LayerNorm(0.1) { UseScale = false }, [3] },
        { new LearnedPositions(4) { PositionsInitializer = new Zeros() }, [3, 2] },
        { new Lstm(3) { GoBackwards = true, UseBias = false, Dropout = 0.2, RecurrentDropout = 0.3 }, [4, 2] },
        { new MaxPool1D(3, 1, new Padding(2, 1)), [5, 2] },
        { new MaxPool2D((2, 1), 2, new Padding(1, 0, 0, 0)), [4, 4, 1] },
        {
            new MultiHeadAttention(4)
            {
                KeyValueHeads = 2, HeadSize = 2, Causal = true, Dropout = 0.1, Positions = AttentionPositions.Rotary, RotaryTheta = 50, UseBias = false,
                KernelInitializer = new HeNormal(), UseOutputBias = true, RotaryScaling = new(2) { OriginalLength = 3, LowFactor = 0.5, HighFactor = 6 },
            },
            [3, 4]
        },
        { GraphLayer.Trace(new Activation(ActivationKind.Gelu), [3]), [3] },
        { new Multiplied(new Dense(2), new Dense(2)), [3] },
        { new Permute(1, 0), [3, 2] },
        { new PRelu { SlopeInitializer = new Constant(0.1) }, [3] },
        { new Rectifier(0.2, 3, 1), [3] },
        { new RepeatVector(2), [3] },
        { new Reshape(2, -1), [4] },
        { new Rescaling(0.5, -1), [3] },
        { new Residual(new Dense(2), new Dense(2), ActivationKind.Relu), [3] },
        { new RmsNorm(0.1) { UseBias = true }, [3] },
        { new SeparableConv2D(4, 3, ActivationKind.Relu, 2, 1, 1, 2) { KernelInitializer = new HeNormal() }, [5, 5, 2] },
        { new SimpleRnn(3, ActivationKind.Relu) { RecurrentInitializer = new GlorotNormal() }, [4, 2] },
        { new SinusoidalPositions { ScalesInput = true }, [3, 4] },
        { new SpanReader(5, new SpanReaderOptions { QuestionLength = 3, FeatureSizes = [5, 6], HiddenSize = 2, EmbeddingSize = 3, Layers = 2 }), [3, 7] },
        { new SpatialDropout1D(0.1), [3, 2] },
        { new SpatialDropout2D(0.1), [2, 2, 2] },
        { new TiedEmbedding(new Embedding(6, 4), new Dense(4)) { UseBias = true }, [3] },
        {
            new TransformerBlock(2, 3)
            {
                Causal = true, KeyValueHeads = 1, Positions = AttentionPositions.Rotary, RotaryTheta = 50, Norm = TransformerNorm.RmsNorm, NormFirst = false,
                Activation = ActivationKind.Silu, Gated = true, Dropout = 0.1, UseBias = false, KernelInitializer = new HeNormal(), NormEpsilon = 0.1, HeadSize = 6,
                UseAttentionBias = true, UseAttentionOutputBias = false, RotaryScaling = new(2),
            },
            [3, 4]
        },
        { new UpSampling1D(2), [3, 2] },
        { new UpSampling2D((1, 2), Interpolation.Bilinear), [2, 2, 2] },
        { new ZeroPadding1D(1, 2), [3, 2] },
        { new ZeroPadding2D(new Padding(1, 0, 2, 1)), [4, 4, 1] },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void Every_layer_comes_back_from_json_and_computes_the_same(Layer layer, int[] sample)
    {
        Layer copy = LayerCheck.ThroughJson(layer);
        Assert.Equal(layer.Name, copy.Name);
        layer.Build(sample, RandomKey.FromSeed(1));
        copy.Build(sample, RandomKey.FromSeed(1));
        Tensor input = Ops.GradientCheck.Random([2, .. sample], 1, low: 0, high: 5).To(layer.InputType);
        Assert.Equal(layer.State().Keys, copy.State().Keys);
        Assert.Equal(layer.Forward(input).ToArray<float>(), copy.Forward(input).ToArray<float>());
        Assert.Equal(
            layer.Forward(input, LayerCheck.Training()).ToArray<float>(),
            copy.Forward(input, LayerCheck.Training()).ToArray<float>());
    }

    [Theory]
    [InlineData("""{"kind": "Conv2D", "filters": 2, "kernelSize": 3, "activation": "Relu"}""", new[] { 5, 6, 1 }, new[] { 3, 4, 2 })]
    [InlineData("""{"kind": "MaxPool2D", "poolSize": 2}""", new[] { 5, 6, 1 }, new[] { 2, 3, 1 })]
    public void Descriptions_of_the_first_release_are_still_read(string json, int[] input, int[] output) =>
        Assert.Equal(output, LayerCatalogue.Create([JsonNode.Parse(json)!.AsObject()]).Single().OutputShape(input));

    [Theory]
    [InlineData("""{"kind": "Conv2D", "filters": 2, "kernelSize": [3], "activation": "Relu"}""", "rows and columns")]
    [InlineData("""{"kind": "Conv2D", "filters": 3, "kernelSize": 3, "groups": 2}""", "a multiple of 2 filters but got 3")]
    [InlineData("""{"kind": "Conv2D", "filters": 3, "kernelSize": [16777216, 16777216], "dilation": 16777216}""", "is larger than")]
    [InlineData("""{"kind": "Conv2D", "filters": 3, "kernelSize": 3, "padding": "Some"}""", "Valid, Same or [top, bottom, left, right]")]
    [InlineData("""{"kind": "MaxPool2D", "poolSize": 2, "padding": [2, 0, 0, 0]}""", "less padding than the window")]
    public void Wrong_windows_are_refused(string json, string expected)
    {
        Exception error = Assert.ThrowsAny<Exception>(() => LayerCatalogue.Create([JsonNode.Parse(json)!.AsObject()]));
        Assert.True(error is JsonException or ArgumentException);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_the_catalogue_is_tested() =>
        Assert.Equal(LayerCatalogue.Names.Order(), Layers().Select(row => row.Data.Item1.Kind).Order());

    [Theory]
    [MemberData(nameof(Initializers))]
    public void Initializers_come_back_from_json(Initializer initializer)
    {
        Dense copy = LayerCheck.ThroughJson(new Dense(2) { KernelInitializer = initializer, BiasInitializer = initializer });
        Assert.Equal(initializer, copy.KernelInitializer);
        Assert.Equal(initializer, copy.BiasInitializer);
    }

    [Fact]
    public void Options_come_back_from_json()
    {
        Dense copy = LayerCheck.ThroughJson(
            new Dense(2, ActivationKind.Selu) { Name = "head", UseBias = false, KernelRegularizer = new L1L2(0.1, 0.2), BiasRegularizer = new L1(0.3) });
        Assert.Equal("head", copy.Name);
        Assert.Equal(ActivationKind.Selu, copy.Activation);
        Assert.False(copy.UseBias);
        Assert.Equal(new L1L2(0.1, 0.2), copy.KernelRegularizer);
        Assert.Equal(new L1(0.3), copy.BiasRegularizer);
        Assert.Equal(new L2(0.4), LayerCheck.ThroughJson(new Dense(2) { KernelRegularizer = new L2(0.4) }).KernelRegularizer);
    }

    [Fact]
    public void What_is_as_usual_is_left_out() =>
        Assert.Equal("""{"kind":"Dense","activation":"Linear","units":3}""", LayerCatalogue.Describe(new Dense(3)).ToJsonString());

    [Theory]
    [InlineData("""{"units": 3}""", "expected a 'kind', got nothing")]
    [InlineData("""{"kind": "Dance"}""", "expected one of the layers")]
    [InlineData("""{"kind": "Dense"}""", "expected 'units' of Dense to be a whole number from 1 to 16777216, got nothing")]
    [InlineData("""{"kind": "Dense", "units": 0}""", "got 0")]
    [InlineData("""{"kind": "Dense", "units": 1.5}""", "got 1.5")]
    [InlineData("""{"kind": "Dense", "units": 1e999}""", "got 1e999")]
    [InlineData("""{"kind": "Dense", "units": "3"}""", "got \"3\"")]
    [InlineData("""{"kind": "Dense", "units": 3, "unitz": 4}""", "expected of Dense the fields kind, units, activation, name, weightBits, useBias, kernelInitializer")]
    [InlineData("""{"kind": "Dense", "units": 3, "activation": "3"}""", "one of Linear, Relu")]
    [InlineData("""{"kind": "Dense", "units": 3, "useBias": 1}""", "true or false")]
    [InlineData("""{"kind": "Dense", "units": 3, "name": 1}""", "a text")]
    [InlineData("""{"kind": "Dense", "units": 3, "name": "a.b"}""", "but got 'a.b'")]
    [InlineData("""{"kind": "Dense", "units": 3, "kernelInitializer": "Zeros"}""", "an object with a 'kind'")]
    [InlineData("""{"kind": "Dense", "units": 3, "kernelInitializer": {"kind": "Zeroes"}}""", "expected one of the initializers Zeros, Ones")]
    [InlineData("""{"kind": "Dense", "units": 3, "kernelInitializer": {"kind": "Zeros", "value": 1}}""", "expected of Zeros the fields kind, got 'value'")]
    [InlineData("""{"kind": "Dense", "units": 3, "kernelRegularizer": {"kind": "L3"}}""", "expected one of the regularizers L1, L2, L1L2")]
    [InlineData("""{"kind": "Residual"}""", "expected 'body' of Residual to be a layer, got nothing")]
    [InlineData("""{"kind": "Embedding", "vocabularySize": 3, "size": 1, "paddingIndex": -1}""", "got -1")]
    [InlineData("""{"kind": "Permute", "axes": [0, 0]}""", "[0, 0]")]
    [InlineData("""{"kind": "Permute", "axes": [0, 0.5]}""", "a list of whole numbers")]
    [InlineData("""{"kind": "UpSampling2D", "factor": [1, 2, 3], "interpolation": "Nearest"}""", "rows and columns")]
    [InlineData("""{"kind": "ZeroPadding2D", "padding": "Some"}""", "Valid, Same or [top, bottom, left, right]")]
    [InlineData("""{"kind": "ZeroPadding2D", "padding": [1, 2]}""", "Valid, Same or [top, bottom, left, right]")]
    [InlineData("""{"kind": "Dropout", "rate": 2}""", "a probability")]
    [InlineData("""{"kind": "Chain", "layers": {}}""", "a list of layers")]
    [InlineData("""{"kind": "Chain", "layers": [null]}""", "an object with a 'kind'")]
    public void A_wrong_description_is_refused_with_what_is_expected(string json, string expected)
    {
        Exception error = Assert.ThrowsAny<Exception>(() => LayerCatalogue.Create([JsonNode.Parse(json)!.AsObject()]));
        Assert.True(error is JsonException or ArgumentException);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_too_deep_within_layers_are_refused_on_both_ways()
    {
        Layer layer = new Dense(1);
        for (int depth = 0; depth < LayerBudget.Depth; depth++)
        {
            layer = new Chain(layer);
        }

        JsonObject deepest = LayerCatalogue.Describe(layer);
        Assert.Single(LayerCatalogue.Create([JsonNode.Parse(deepest.ToJsonString())!.AsObject()]));
        LayerCheck.Refuses<ArgumentException>("16 deep", () => LayerCatalogue.Describe(new Chain(layer)));
        JsonObject tooDeep = new() { ["kind"] = "Chain", ["layers"] = new JsonArray(deepest) };
        LayerCheck.Refuses<JsonException>("16 deep", () => LayerCatalogue.Create([tooDeep]));
    }

    [Fact]
    public void Layers_whose_weights_are_to_be_loaded_make_no_initial_values()
    {
        JsonObject[] description = [LayerCatalogue.Describe(new Chain(new Dense(2) { KernelInitializer = new Orthogonal() }))];
        List<string> asked = [];
        Layer layer = LayerCatalogue.Create(description, (name, type) => Note(asked, name, type)).Single();
        layer.Build([2], RandomKey.FromSeed(1));
        Assert.Equal(["0.kernel float32[2, 2]", "0.bias float32[2]"], asked);
        Assert.Equal([0f, 0, 0, 0], layer.State()["0.kernel"].ToArray<float>());

        static Tensor Note(List<string> asked, string name, TensorType type)
        {
            asked.Add($"{name} {type}");
            return Tensor.Zeros(type.Shape);
        }
    }

    [Fact]
    public void Too_many_layers_are_refused()
    {
        JsonNode[] layers = [.. Enumerable.Range(0, LayerBudget.Count).Select(_ => new JsonObject { ["kind"] = "Flatten" })];
        JsonObject many = new() { ["kind"] = "Chain", ["layers"] = new JsonArray(layers) };
        LayerCheck.Refuses<JsonException>("at most 10000 layers", () => LayerCatalogue.Create([many]));
    }

    [Fact]
    public void What_model_files_do_not_know_cannot_be_saved()
    {
        LayerCheck.Refuses<ArgumentException>("Own", () => LayerCatalogue.Describe(new Own()));
        LayerCheck.Refuses<ArgumentException>("Wild", () => LayerCatalogue.Describe(new Dense(1) { KernelInitializer = new Wild() }));
        LayerCheck.Refuses<ArgumentException>("Mild", () => LayerCatalogue.Describe(new Dense(1) { KernelRegularizer = new Mild() }));
    }

    private sealed class Own : Layer
    {
        public override Shape OutputShape(Shape input) => input;

        public override JsonObject Describe() => [];

        protected override Tensor Compute(Tensor input, ForwardContext context) => input;
    }

    private sealed record Wild() : VarianceScaling(1, FanMode.Inputs, WeightDistribution.Normal);

    private sealed record Mild : Regularizer
    {
        public override Tensor Penalty(Tensor value) => value.Sum();
    }
}
