using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// Reads a passage with a question in mind and says where the answer begins and ends, after the reader of DrQA (Chen et al., Reading Wikipedia to
/// Answer Open-Domain Questions, 2017, arXiv 1704.00051). From int32 <c>[batch, 1 + features, questionLength + passage]</c>, where row 0 has the
/// tokens of the question, filled up with 0, and behind them those of the passage, and each further row a small number about each token, such as whether
/// the question has it; to probabilities <c>[batch, 2, 1 + passage]</c> of where the answer begins (row 0) and ends (row 1), of which place 0 says that
/// there is none. Each token of the passage sees its own vector, the question's tokens that are like it, its features and what the question as a whole
/// asks; recurrent layers in both directions read it.
/// </summary>
/// <example>
/// <code>
/// Sequential network = new([3, 16 + 100], seed: 1, new SpanReader(5000, new SpanReaderOptions { QuestionLength = 16, FeatureSizes = [2, 8] }));
/// </code>
/// </example>
public sealed class SpanReader : Layer
{
    private const double Unseen = -1e9;

    private readonly int vocabularySize;
    private readonly SpanReaderOptions options;
    private readonly Embedding words;
    private readonly Embedding[] features;
    private readonly Dense alignment;
    private readonly SpatialDropout1D dropout;
    private readonly Lstm[] questionEncoder;
    private readonly Lstm[][] passageEncoders;
    private readonly Dense weight;
    private readonly Dense asked;
    private readonly Dense begins;
    private readonly Dense meets;
    private readonly Dense scores;
    private readonly Dense none;

    /// <summary>A reader.</summary>
    /// <param name="vocabularySize">How many tokens there are: from 0, which stands for none, up to, not including, this.</param>
    /// <param name="options">Its sizes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public SpanReader(int vocabularySize, SpanReaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        options.Validate();
        (this.vocabularySize, this.options) = (vocabularySize, options);
        words = Part("words", new Embedding(vocabularySize, options.EmbeddingSize, paddingIndex: 0));
        features = [.. options.FeatureSizes.Select((size, row) => Part($"feature{row + 1}", new Embedding(size, options.FeatureSize)))];
        alignment = Part("alignment", new Dense(options.EmbeddingSize, ActivationKind.Relu));
        dropout = Part("dropout", new SpatialDropout1D(options.Dropout));
        questionEncoder = Directions("question");
        passageEncoders = [.. Enumerable.Range(0, options.Layers).Select(layer => Directions($"passage{layer}"))];
        weight = Part("weight", new Dense(1));
        asked = Part("asked", new Dense(options.HiddenSize, ActivationKind.Tanh));
        begins = Part("begins", new Dense(options.HiddenSize));
        meets = Part("meets", new Dense(4 * options.HiddenSize));
        scores = Part("scores", new Dense(2));
        none = Part("none", new Dense(2));
    }

    /// <summary>How many tokens there are.</summary>
    public int VocabularySize => vocabularySize;

    /// <summary>The places for the question's tokens, before those for the passage's.</summary>
    public int QuestionLength => options.QuestionLength;

    /// <inheritdoc/>
    public override DataType InputType => DataType.Int32;

    private string Expected => $"[batch, {1 + features.Length}, {options.QuestionLength} + passage]";

    private int Both => 2 * options.HiddenSize;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Fits(input) ? [2, 1 + input[1] - options.QuestionLength] : throw Unfit(Expected, input);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input)
    {
        OutputShape(input);
        int passage = input[1] - options.QuestionLength;
        long read = questionEncoder.Sum(layer => layer.MultiplyAdds([options.QuestionLength, options.EmbeddingSize]));
        foreach ((int layer, Lstm[] directions) in passageEncoders.Index())
        {
            read += directions.Sum(direction => direction.MultiplyAdds([passage, layer == 0 ? PassageInputs : Both]));
        }

        return read + ((long)input[1] * options.EmbeddingSize * options.EmbeddingSize)
            + ((long)passage * ((2L * options.QuestionLength * options.EmbeddingSize) + (Both * (options.HiddenSize + 2L)) + (2L * options.HiddenSize)));
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["vocabularySize"] = vocabularySize,
        ["questionLength"] = options.QuestionLength,
        ["featureSizes"] = JsonAttributes.Of(options.FeatureSizes),
        ["featureSize"] = options.FeatureSize,
        ["embeddingSize"] = options.EmbeddingSize,
        ["hiddenSize"] = options.HiddenSize,
        ["layers"] = options.Layers,
        ["dropout"] = options.Dropout,
    };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank != 3 || !Fits(input.Shape.Without(0)))
        {
            throw Unfit(Expected, input);
        }

        int length = input.Shape[2] - options.QuestionLength;
        Tensor question = input.Slice(1, 0, 1).Slice(2, 0, options.QuestionLength).Squeeze(1);
        Tensor passage = input.Slice(1, 0, 1).Slice(2, options.QuestionLength, length).Squeeze(1);
        Tensor questionWords = dropout.Forward(words.Forward(question, context), context);
        Tensor passageWords = dropout.Forward(words.Forward(passage, context), context);
        Tensor whole = Summary(Read(questionEncoder, questionWords, words.LengthsOf(question)!, context), question, context);
        Tensor aligned = Aligned(passageWords, questionWords, question, context);
        Tensor wanted = Everywhere(asked.Forward(whole, context), length);
        Tensor read = ShapeOps.Concatenate(-1, [passageWords, aligned, .. Features(input, length, context), wanted]);
        Tensor lengths = words.LengthsOf(passage)!;
        foreach (Lstm[] encoder in passageEncoders)
        {
            read = dropout.Forward(Read(encoder, read, lengths, context), context);
        }

        return Scores(read, whole, Hidden(passage, read.DataType), context).Softmax();
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        int passage = input[1] - options.QuestionLength;
        words.Build([input[1]], key.Fold("words"));
        foreach ((int row, Embedding feature) in features.Index())
        {
            feature.Build([passage], key.Fold(row));
        }

        alignment.Build([input[1], options.EmbeddingSize], key.Fold("alignment"));
        dropout.Build([input[1], options.EmbeddingSize], key.Fold("dropout"));
        Build(questionEncoder, [options.QuestionLength, options.EmbeddingSize], key.Fold("question"));
        foreach ((int layer, Lstm[] encoder) in passageEncoders.Index())
        {
            Build(encoder, [passage, layer == 0 ? PassageInputs : Both], key.Fold("passage").Fold(layer));
        }

        weight.Build([options.QuestionLength, Both], key.Fold("weight"));
        asked.Build([Both], key.Fold("asked"));
        begins.Build([passage, Both], key.Fold("begins"));
        meets.Build([Both], key.Fold("meets"));
        scores.Build([passage, options.HiddenSize], key.Fold("scores"));
        none.Build([2 * Both], key.Fold("none"));
    }

    internal static Layer Create(JsonAttributes json) => new SpanReader(json.Integer("vocabularySize"), new SpanReaderOptions
    {
        QuestionLength = json.Integer("questionLength"),
        FeatureSizes = json.Integers("featureSizes"),
        FeatureSize = json.Integer("featureSize"),
        EmbeddingSize = json.Integer("embeddingSize"),
        HiddenSize = json.Integer("hiddenSize"),
        Layers = json.Integer("layers"),
        Dropout = json.Number("dropout"),
    });

    private int PassageInputs => (2 * options.EmbeddingSize) + (features.Length * options.FeatureSize) + options.HiddenSize;

    private bool Fits(Shape input) => input.Rank == 2 && input[0] == 1 + features.Length && input[1] > options.QuestionLength;

    private T Part<T>(string name, T layer)
        where T : Layer
    {
        Register(name, layer);
        return layer;
    }

    private Lstm[] Directions(string name) =>
    [
        Part($"{name}Forward", new Lstm(options.HiddenSize) { ReturnSequences = true }),
        Part($"{name}Backward", new Lstm(options.HiddenSize) { ReturnSequences = true, GoBackwards = true }),
    ];

    private static void Build(Lstm[] encoder, Shape input, RandomKey key)
    {
        encoder[0].Build(input, key.Fold(0));
        encoder[1].Build(input, key.Fold(1));
    }

    private static Tensor Read(Lstm[] encoder, Tensor input, Tensor lengths, ForwardContext context) =>
        ShapeOps.Concatenate(-1, [.. encoder.Select(direction => direction.Run(input, lengths: lengths).Sequence)]);

    // What is added to the scores of places without a token, [batch, places].
    private static Tensor Hidden(Tensor tokens, DataType dataType) => tokens.Equal(0).To(dataType) * Unseen;

    private static Tensor Everywhere(Tensor vectors, int length) =>
        vectors.ExpandDimensions(1).BroadcastTo([vectors.Shape[0], length, vectors.Shape[1]]);

    private IEnumerable<Tensor> Features(Tensor input, int length, ForwardContext context) =>
        features.Select((feature, row) => feature.Forward(input.Slice(1, row + 1, 1).Slice(2, options.QuestionLength, length).Squeeze(1), context));

    // The question as one vector: its states, each as much as it seems to matter.
    private Tensor Summary(Tensor states, Tensor question, ForwardContext context)
    {
        Tensor weights = (weight.Forward(states, context).Squeeze(2) + Hidden(question, states.DataType)).Softmax();
        return weights.ExpandDimensions(1).MatMul(states).Squeeze(1);
    }

    // For each token of the passage those of the question, each as much as it is like it.
    private Tensor Aligned(Tensor passageWords, Tensor questionWords, Tensor question, ForwardContext context)
    {
        Tensor likeness = alignment.Forward(passageWords, context).MatMul(alignment.Forward(questionWords, context), transposeRight: true);
        return (likeness + Hidden(question, likeness.DataType).ExpandDimensions(1)).Softmax().MatMul(questionWords);
    }

    private Tensor Scores(Tensor read, Tensor whole, Tensor hidden, ForwardContext context)
    {
        Tensor wanted = meets.Forward(whole, context).Reshape(whole.Shape[0], 2, Both);
        Tensor met = wanted.MatMul(read, transposeRight: true) / Math.Sqrt(Both);
        Tensor own = scores.Forward((begins.Forward(read, context) + asked.Forward(whole, context).ExpandDimensions(1)).Tanh(), context).SwapAxes(1, 2);
        Tensor strongest = (read + hidden.ExpandDimensions(2)).Max([1]);
        Tensor absent = none.Forward(ShapeOps.Concatenate(-1, whole, strongest), context).ExpandDimensions(2);
        return ShapeOps.Concatenate(-1, absent, met + own + hidden.ExpandDimensions(1));
    }
}
