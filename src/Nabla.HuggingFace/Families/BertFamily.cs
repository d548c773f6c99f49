using Nabla.Layers;

namespace Nabla.HuggingFace;

/// <summary>BERT (Devlin et al., 2019, arXiv 1810.04805).</summary>
internal sealed class BertFamily : Family
{
    public override string Map => "bert";

    public override IReadOnlyDictionary<string, string> ModelTypes { get; } = new Dictionary<string, string> { ["bert"] = "Bert" };

    public override IReadOnlyDictionary<PretrainedHead, string> Heads => EncoderHeads.Names;

    public override NetworkPlan Plan(PretrainedConfig config, NetworkRequest request)
    {
        config.RequireText("position_embedding_type", "absolute");
        config.RefuseFlag("is_decoder");
        config.RefuseFlag("add_cross_attention");
        double dropout = config.Share("hidden_dropout_prob");
        EncoderSizes sizes = new(
            config.Integer("vocab_size", MostTokens),
            config.Integer("max_position_embeddings", MostTokens),
            config.Integer("hidden_size", MostFeatures),
            config.Integer("num_hidden_layers", MostBlocks),
            config.Integer("num_attention_heads", MostFeatures),
            config.Integer("intermediate_size", MostFeatures),
            config.Activation("hidden_act", "gelu"),
            config.Positive("layer_norm_eps", 1e-12),
            dropout,
            config.Integer("pad_token_id", MostTokens, fallback: 0, least: 0));
        return EncoderHeads.Plan(
            sizes, request, config.Integer("type_vocab_size", MostTokens, fallback: 2), ActivationKind.Tanh,
            config.Has("classifier_dropout") ? config.Share("classifier_dropout") : dropout);
    }
}
