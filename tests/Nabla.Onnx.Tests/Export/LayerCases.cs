using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Onnx.Tests.Export;

/// <summary>A case for each kind of layer that model files know, and for what its options change.</summary>
internal static class LayerCases
{
    public static IEnumerable<ExportCase> All() =>
    [
        .. Activations(), .. Plain(), .. Convolutions(), .. Pooling(), .. Recurrent(), .. Normalizations(), .. Shapes(), .. Joins(), .. Attention(), .. Readers(),
        .. Described(),
    ];

    private static IEnumerable<ExportCase> Activations() =>
    [
        .. Enum.GetValues<ActivationKind>().Select(kind => ExportCase.Of($"Activation {kind}", new Activation(kind), 3, 5)),
        ExportCase.Of("Elu", new Elu(0.3), 7),
        ExportCase.Of("PRelu", new PRelu(), 4, 3),
        ExportCase.Of("Rectifier", new Rectifier(0.2, 3, 1), 7),
        ExportCase.Of("Rescaling", new Rescaling(0.5, -1), 7),
    ];

    private static IEnumerable<ExportCase> Plain() =>
    [
        ExportCase.Of("Dense", new Dense(4, ActivationKind.Elu), 7),
        ExportCase.Of("Dense over sequences", new Dense(4, ActivationKind.Relu), 3, 7),
        ExportCase.Of("Dense over images", new Dense(4) { UseBias = false }, 3, 4, 7),
        ExportCase.Of("Embedding", new Embedding(5, 3, paddingIndex: 0), 6),
        ExportCase.Of("Dropout", new Chain(new Dropout(0.1), new AlphaDropout(0.1), new GaussianDropout(0.1), new GaussianNoise(0.1), new Dense(2)), 3),
        ExportCase.Of("Spatial dropout", new Chain(new SpatialDropout1D(0.1), new Dense(2)), 3, 2),
        ExportCase.Of("Spatial dropout of images", new Chain(new SpatialDropout2D(0.1), new Dense(2)), 3, 2, 2),
        ExportCase.Of("FeedForward", new FeedForward(5, ActivationKind.Silu) { Gated = true, UseBias = false }, 3, 4),
    ];

    private static IEnumerable<ExportCase> Convolutions() =>
    [
        ExportCase.Of("Conv1D", new Conv1D(4, 2, ActivationKind.Tanh, 2, new Padding(1, 0), 3, 2) { UseBias = false }, 9, 2),
        ExportCase.Of("Conv1D twice", new Chain(new Conv1D(4, 3, ActivationKind.Relu), new Conv1D(3, 2, padding: Padding.Same)), 9, 2),
        ExportCase.Of("Conv2D", new Conv2D(5, (3, 2), ActivationKind.Relu, (2, 1), new Padding(1, 0, 2, 1), (1, 2)), 8, 9, 3),
        ExportCase.Of("Conv2D in groups", new Conv2D(6, 3, ActivationKind.Gelu, groups: 3, padding: Padding.Same), 6, 5, 3),
        ExportCase.Of("Conv2DTranspose", new Conv2DTranspose(3, (2, 3), ActivationKind.Relu, 2, new Padding(1, 0, 0, 1), (1, 0), 2), 3, 4, 2),
        ExportCase.Of("Conv2DTranspose same", new Conv2DTranspose(3, 3, ActivationKind.Linear, 2, Padding.Same), 3, 4, 2),
        ExportCase.Of("DepthwiseConv2D", new DepthwiseConv2D((1, 3), 2, ActivationKind.Relu, (2, 1), Padding.Same, (1, 2)), 4, 5, 3),
        ExportCase.Of("SeparableConv2D", new SeparableConv2D(4, 3, ActivationKind.Relu, 2, 1, 1, 2), 5, 5, 2),
    ];

    private static IEnumerable<ExportCase> Pooling() =>
    [
        ExportCase.Of("AveragePool1D", new AveragePool1D(2), 5, 2),
        ExportCase.Of("AveragePool2D", new AveragePool2D(2, 1, Padding.Same), 4, 5, 2),
        ExportCase.Of("MaxPool1D", new MaxPool1D(3, 1, new Padding(2, 1)), 5, 2),
        ExportCase.Of("MaxPool2D", new MaxPool2D((2, 1), 2, new Padding(1, 0, 0, 0)), 4, 5, 2),
        ExportCase.Of("GlobalAveragePool1D", new GlobalAveragePool1D(), 5, 2),
        ExportCase.Of("GlobalAveragePool1D of tokens", new Sequential([6], 1, new Embedding(5, 3, paddingIndex: 0), new GlobalAveragePool1D { IgnoresPadding = true }), fixedTime: false),
        ExportCase.Of("GlobalAveragePool1D of tokens and padding", new Sequential([6], 1, new Embedding(5, 3), new GlobalAveragePool1D()), fixedTime: false),
        ExportCase.Of("GlobalAveragePool2D", new GlobalAveragePool2D(), 3, 4, 2),
        ExportCase.Of("GlobalMaxPool1D", new GlobalMaxPool1D(), 5, 2),
        ExportCase.Of("GlobalMaxPool2D", new GlobalMaxPool2D(), 3, 4, 2),
        ExportCase.Of("MaxPool2D behind a convolution", new Chain(new Conv2D(3, 3, ActivationKind.Relu), new MaxPool2D(2), new Conv2D(2, 2), new MaxPool2D(2)), 10, 11, 2),
        ExportCase.Of("Global pools behind convolutions", new Concatenated(
            new Chain(new Conv2D(3, 2), new GlobalMaxPool2D()), new Chain(new Conv2D(2, 3), new GlobalAveragePool2D())), 4, 5, 2),
    ];

    private static IEnumerable<ExportCase> Recurrent() =>
    [
        ExportCase.Of("Lstm", new Lstm(3), 5, 2),
        ExportCase.Of("Lstm backwards", new Lstm(3) { GoBackwards = true, UseBias = false, Dropout = 0.2, RecurrentDropout = 0.3 }, 5, 2),
        ExportCase.Of("Lstm with sequences", new Chain(new Lstm(3) { ReturnSequences = true }, new Lstm(4) { ReturnSequences = true }), 5, 2),
        ExportCase.Of("Gru", new Gru(3), 5, 2),
        ExportCase.Of("Gru without bias", new Gru(3) { UseBias = false, ReturnSequences = true }, 5, 2),
        ExportCase.Of("Gru with reset before", new Gru(3) { ReturnSequences = true, ResetAfter = false }, 5, 2),
        ExportCase.Of("Gru with reset before, backwards", new Gru(3) { ResetAfter = false, GoBackwards = true }, 5, 2),
        ExportCase.Of("SimpleRnn", new SimpleRnn(3), 5, 2),
        ExportCase.Of("SimpleRnn with a rectifier", new SimpleRnn(3, ActivationKind.Relu) { ReturnSequences = true, GoBackwards = true }, 5, 2),
        .. Enum.GetValues<BidirectionalMerge>().Select(merge => ExportCase.Of(
            $"Bidirectional {merge}", new Bidirectional(new Lstm(3) { ReturnSequences = merge == BidirectionalMerge.Average }, merge), 5, 2)),
        ExportCase.Of("Recurrent layers over tokens", OverTokens(), fixedTime: false),
        ExportCase.Of("Recurrent layers over tokens, last states", LastOfTokens(), fixedTime: false),
    ];

    private static IEnumerable<ExportCase> Normalizations() =>
    [
        ExportCase.Of("BatchNorm", new BatchNorm(0.5, 0.1) { UseBias = false }, 4, 3),
        ExportCase.Of("BatchNorm behind a convolution", new Chain(new Conv2D(4, 3) { UseBias = false }, new BatchNorm(), new Activation(ActivationKind.Relu)), 5, 6, 2),
        ExportCase.Of("BatchNorm before a convolution", new Chain(new BatchNorm(), new Conv2D(4, 3)), 5, 6, 2),
        ExportCase.Of("BatchNorm behind a product", new Chain(new Dense(4), new BatchNorm()), 5),
        ExportCase.Of("LayerNorm", new LayerNorm(0.1) { UseScale = false }, 3, 5),
        ExportCase.Of("LayerNorm behind a convolution", new Chain(new Conv2D(4, 3), new LayerNorm(), new Conv2D(2, 2)), 6, 5, 2),
        ExportCase.Of("RmsNorm", new RmsNorm(0.1) { UseBias = true }, 3, 5),
        ExportCase.Of("RmsNorm without bias", new RmsNorm(), 5),
        ExportCase.Of("GroupNorm", new GroupNorm(2, 0.1), 3, 4, 6),
        ExportCase.Of("GroupNorm behind a convolution", new Chain(new Conv2D(4, 3), new GroupNorm(2), new Conv2D(2, 2)), 6, 5, 2),
    ];

    private static IEnumerable<ExportCase> Shapes() =>
    [
        ExportCase.Of("Cropping1D", new Cropping1D(1, 2), 5, 2),
        ExportCase.Of("Cropping2D", new Cropping2D(new Padding(1, 0, 2, 1)), 4, 5, 2),
        ExportCase.Of("Cropping2D behind a convolution", new Chain(new Conv2D(3, 2), new Cropping2D(new Padding(1, 0, 2, 1)), new ZeroPadding2D(1), new Conv2D(2, 2)), 6, 7, 2),
        ExportCase.Of("Flatten", new Chain(new Flatten(), new Dense(2)), 3, 4, 2),
        ExportCase.Of("Flatten behind a convolution", new Chain(new Conv2D(3, 2, ActivationKind.Relu), new Flatten(), new Dense(4, ActivationKind.Relu)), 4, 5, 2),
        ExportCase.Of("Flatten behind a convolution, twice read", new Chain(
            new Conv2D(3, 2), new Flatten(), new Concatenated(new Chain(), new Dense(4))), 4, 5, 2),
        ExportCase.Of("Permute", new Permute(1, 0), 3, 2),
        ExportCase.Of("Permute behind a convolution", new Chain(new Conv2D(3, 2), new Permute(2, 0, 1)), 4, 5, 2),
        ExportCase.Of("RepeatVector", new RepeatVector(2), 3),
        ExportCase.Of("Reshape", new Reshape(2, -1), 3, 4),
        ExportCase.Of("UpSampling1D", new UpSampling1D(2), 3, 2),
        ExportCase.Of("UpSampling2D", new Chain(new Conv2D(3, 2), new UpSampling2D((2, 3)), new Conv2D(2, 2)), 4, 5, 2),
        ExportCase.Of("UpSampling2D bilinear", new Chain(new Conv2D(3, 2), new UpSampling2D((1, 2), Interpolation.Bilinear)), 4, 5, 2),
        ExportCase.Of("ZeroPadding1D", new ZeroPadding1D(1, 2), 3, 2),
        ExportCase.Of("ZeroPadding2D", new ZeroPadding2D(new Padding(1, 0, 2, 1)), 4, 4, 1),
    ];

    private static IEnumerable<ExportCase> Joins() =>
    [
        ExportCase.Of("Added", new Added(new Dense(2), new Dense(2)), 3),
        ExportCase.Of("Averaged", new Averaged(new Dense(2), new Dense(2)), 3),
        ExportCase.Of("Multiplied", new Multiplied(new Dense(2), new Dense(2)), 3, 4),
        ExportCase.Of("Concatenated", new Concatenated(new Dense(2), new Chain()), 3),
        ExportCase.Of("Concatenated convolutions", new Chain(
            new Concatenated(new Conv2D(2, 3, padding: Padding.Same), new Chain(), new Conv2D(3, 1)), new Conv2D(2, 2)), 5, 6, 2),
        ExportCase.Of("Residual", new Residual(new Dense(2), new Dense(2), ActivationKind.Relu), 3),
        ExportCase.Of("Residual convolutions", new Chain(
            new Conv2D(3, 1), new Residual(new Chain(new Conv2D(3, 3, padding: Padding.Same), new BatchNorm()), null, ActivationKind.Relu)), 5, 6, 2),
        ExportCase.Of("Functional", Branching(), 3),
    ];

    private static IEnumerable<ExportCase> Attention() =>
    [
        ExportCase.Of("AdditiveAttention", new AdditiveAttention(3), 5, 6),
        ExportCase.Of("MultiHeadAttention", new MultiHeadAttention(2), 5, 6),
        ExportCase.Of("MultiHeadAttention, causal, rotary, shared keys", new MultiHeadAttention(4)
        {
            KeyValueHeads = 2, HeadSize = 2, Causal = true, Positions = AttentionPositions.Rotary, RotaryTheta = 50, UseBias = false,
        }, 5, 6),
        ExportCase.Of("MultiHeadAttention, linear biases, shared keys", new MultiHeadAttention(4) { KeyValueHeads = 2, Positions = AttentionPositions.Alibi }, 5, 8),
        ExportCase.Of("SinusoidalPositions", new SinusoidalPositions { ScalesInput = true }, 3, 4),
        ExportCase.Of("LearnedPositions", new LearnedPositions(4), 3, 2),
        ExportCase.Of("Positions of tokens", new Sequential([6], 1, new Embedding(5, 4), new LearnedPositions(9), new SinusoidalPositions()), fixedTime: false),
        ExportCase.Of("TransformerBlock", new TransformerBlock(2, 6), 5, 4),
        ExportCase.Of("TransformerBlock, norms behind", new TransformerBlock(2, 3)
        {
            Causal = true, KeyValueHeads = 1, Positions = AttentionPositions.Rotary, Norm = TransformerNorm.RmsNorm, NormFirst = false, Gated = true,
            Activation = ActivationKind.Silu,
        }, 5, 4),
        ExportCase.Of("TransformerBlock over tokens", new Sequential(
            [7], 1, new Embedding(5, 4, paddingIndex: 0),
            new TransformerBlock(2, 6) { Causal = true, Positions = AttentionPositions.Rotary, KeyValueHeads = 1 }, new TransformerBlock(2, 6) { Positions = AttentionPositions.Alibi }), fixedTime: false),
        ExportCase.Of("TiedEmbedding", new Sequential([5], 1, new TiedEmbedding(new Embedding(6, 4), new Dense(4))), fixedTime: false),
        ExportCase.Of("EncoderDecoder", new Sequential([2, 6], 1, new EncoderDecoder(
            new TransformerBlock(2, 3), new TransformerBlock(2, 3) { Causal = true, CrossAttention = true }, new Embedding(6, 4, paddingIndex: 0))), fixedTime: false),
    ];

    private static IEnumerable<ExportCase> Readers() =>
    [
        ExportCase.Of("EndToEndMemory", new EndToEndMemory(5, 4, hops: 2), 4, 3),
        ExportCase.Of("SpanReader", new SpanReader(
            5, new SpanReaderOptions { QuestionLength = 3, FeatureSizes = [5, 6], HiddenSize = 2, EmbeddingSize = 3, Layers = 2 }), 3, 9),
    ];

    // Layers of other tools' networks, by their descriptions in model files.
    private static IEnumerable<ExportCase> Described() =>
    [
        .. OfKind("ClassToken", 3, 4), .. OfKind("FirstStep", 3, 4),
    ];

    private static ExportCase[] OfKind(string kind, params int[] sample) => LayerCatalogue.Names.Contains(kind)
        ? [ExportCase.Of(kind, LayerCatalogue.Create([new JsonObject { ["kind"] = kind }]).Single(), sample)]
        : [];

    private static Sequential OverTokens() => new(
        [8], 1, new Embedding(5, 3, paddingIndex: 0), new Bidirectional(new Lstm(3) { ReturnSequences = true }), new Gru(3) { ReturnSequences = true },
        new SimpleRnn(4) { ReturnSequences = true, GoBackwards = true }, new Gru(2) { ReturnSequences = true, ResetAfter = false });

    private static Sequential LastOfTokens() => new(
        [8], 1, new Embedding(5, 3, paddingIndex: 0),
        new Concatenated(new Lstm(2), new Gru(3) { GoBackwards = true }, new Gru(2) { ResetAfter = false }, new SimpleRnn(2), new Bidirectional(new Lstm(2))));

    private static Functional Branching()
    {
        LayerOutput x = Functional.Input();
        LayerOutput left = x.Then(new Dense(4, ActivationKind.Tanh) { Name = "left" });
        LayerOutput right = x.Then(new Dense(4));
        return new Functional(x, Functional.Concatenate(
            -1, Functional.Add(left, right), Functional.Maximum(left, right), Functional.Subtract(left, right), Functional.Minimum(left, right)));
    }
}
