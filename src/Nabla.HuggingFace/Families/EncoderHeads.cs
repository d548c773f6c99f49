using Nabla.Layers;

namespace Nabla.HuggingFace;

/// <summary>The sizes of a Transformer that reads texts in both directions and normalises the sums of its blocks.</summary>
internal sealed record EncoderSizes(
    int Vocabulary, int Places, int Size, int Blocks, int Heads, int Hidden, ActivationKind Activation, double Epsilon, double Dropout, int Padding);

/// <summary>What BERT and DistilBERT have in common: vectors of tokens and places, blocks, and the heads behind them.</summary>
internal static class EncoderHeads
{
    private const int AnswerEnds = 2;

    /// <summary>What the heads are called behind the name of a model's type.</summary>
    public static IReadOnlyDictionary<PretrainedHead, string> Names { get; } = new Dictionary<PretrainedHead, string>
    {
        [PretrainedHead.None] = "Model",
        [PretrainedHead.SequenceClassification] = "ForSequenceClassification",
        [PretrainedHead.TokenClassification] = "ForTokenClassification",
        [PretrainedHead.QuestionAnswering] = "ForQuestionAnswering",
        [PretrainedHead.MaskedLanguageModel] = "ForMaskedLM",
    };

    /// <summary>The layers of a network.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="request">The head.</param>
    /// <param name="segments">The segments with a vector of their own; 0 for none.</param>
    /// <param name="pooler">What is applied to the first step before it is classified.</param>
    /// <param name="classifierDropout">The share that is dropped before it is classified.</param>
    public static NetworkPlan Plan(EncoderSizes sizes, NetworkRequest request, int segments, ActivationKind pooler, double classifierDropout)
    {
        int length = Math.Min(request.Length ?? sizes.Places, sizes.Places);
        Embedding table = new(sizes.Vocabulary, sizes.Size, sizes.Padding) { Name = "tokens", Segments = segments, Separator = segments > 0 ? request.Separator : null };
        Layer[] body =
        [
            new LearnedPositions(sizes.Places) { Name = "positions" },
            new LayerNorm(sizes.Epsilon) { Name = "norm" },
            new Dropout(sizes.Dropout),
            .. Enumerable.Range(0, sizes.Blocks).Select(index => Block(sizes, index)),
        ];
        Layer[] head = request.Head switch
        {
            PretrainedHead.SequenceClassification =>
            [
                new FirstStep(),
                new Dense(sizes.Size, pooler) { Name = "pooler" },
                new Dropout(classifierDropout),
                new Dense(request.Classes, request.Activation) { Name = "classifier" },
            ],
            PretrainedHead.TokenClassification => [new Dropout(classifierDropout), new Dense(request.Classes, request.Activation) { Name = "classifier" }],
            PretrainedHead.QuestionAnswering => [new Dense(AnswerEnds) { Name = "answers" }],
            _ => [],
        };
        return new NetworkPlan([length], request.Head == PretrainedHead.MaskedLanguageModel
            ? [new TiedEmbedding(table, new Chain([.. body, .. Transform(sizes)])) { Name = "lm", UseBias = true }]
            : [table, .. body, .. head]);
    }

    private static Layer[] Transform(EncoderSizes sizes) =>
        [new Dense(sizes.Size, sizes.Activation) { Name = "transform" }, new LayerNorm(sizes.Epsilon) { Name = "transformNorm" }];

    private static TransformerBlock Block(EncoderSizes sizes, int index) => new(sizes.Heads, sizes.Hidden)
    {
        Name = $"block{index}",
        NormFirst = false,
        NormEpsilon = sizes.Epsilon,
        Activation = sizes.Activation,
        Dropout = sizes.Dropout,
    };
}
