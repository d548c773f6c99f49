using Nabla.Layers;

namespace Nabla.HuggingFace;

/// <summary>DistilBERT (Sanh et al., 2019, arXiv 1910.01108).</summary>
internal sealed class DistilBertFamily : Family
{
    private const double Epsilon = 1e-12;

    public override string Map => "distilbert";

    public override IReadOnlyDictionary<string, string> ModelTypes { get; } = new Dictionary<string, string> { ["distilbert"] = "DistilBert" };

    public override IReadOnlyDictionary<PretrainedHead, string> Heads => EncoderHeads.Names;

    public override NetworkPlan Plan(PretrainedConfig config, NetworkRequest request)
    {
        double dropout = config.Share("dropout");
        EncoderSizes sizes = new(
            config.Integer("vocab_size", MostTokens),
            config.Integer("max_position_embeddings", MostTokens),
            config.Integer("dim", MostFeatures),
            config.Integer("n_layers", MostBlocks),
            config.Integer("n_heads", MostFeatures),
            config.Integer("hidden_dim", MostFeatures),
            config.Activation("activation", "gelu"),
            Epsilon,
            dropout,
            config.Integer("pad_token_id", MostTokens, fallback: 0, least: 0));
        bool isSequence = request.Head == PretrainedHead.SequenceClassification;
        return EncoderHeads.Plan(sizes, request, segments: 0, ActivationKind.Relu, isSequence ? config.Share("seq_classif_dropout") : dropout);
    }
}
