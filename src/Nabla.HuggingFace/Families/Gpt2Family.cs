using Nabla.Layers;

namespace Nabla.HuggingFace;

/// <summary>GPT-2 (Radford et al., Language Models are Unsupervised Multitask Learners, 2019).</summary>
internal sealed class Gpt2Family : Family
{
    private const int UsualHidden = 4;

    public override string Map => "gpt2";

    public override IReadOnlyDictionary<string, string> ModelTypes { get; } = new Dictionary<string, string> { ["gpt2"] = "GPT2" };

    public override IReadOnlyDictionary<PretrainedHead, string> Heads { get; } = new Dictionary<PretrainedHead, string>
    {
        [PretrainedHead.None] = "Model",
        [PretrainedHead.CausalLanguageModel] = "LMHeadModel",
    };

    public override NetworkPlan Plan(PretrainedConfig config, NetworkRequest request)
    {
        config.RefuseFlag("add_cross_attention");
        config.RefuseFlag("scale_attn_by_inverse_layer_idx");
        if (!config.Flag("scale_attn_weights", true))
        {
            throw config.Error("scale_attn_weights", "true, as no network here can do otherwise");
        }

        int size = config.Integer("n_embd", MostFeatures);
        int places = config.Integer("n_positions", MostTokens);
        double epsilon = config.Positive("layer_norm_epsilon", 1e-5);
        Layer[] body =
        [
            new LearnedPositions(places) { Name = "positions" },
            new Dropout(config.Share("embd_pdrop")),
            .. Enumerable.Range(0, config.Integer("n_layer", MostBlocks)).Select(index => Block(config, index, size, epsilon)),
            new LayerNorm(epsilon) { Name = "norm" },
        ];
        return DecoderHeads.Plan(config.Integer("vocab_size", MostTokens), size, places, body, config.Flag("tie_word_embeddings", true), request);
    }

    private static TransformerBlock Block(PretrainedConfig config, int index, int size, double epsilon) =>
        new(config.Integer("n_head", MostFeatures), config.Integer("n_inner", MostFeatures, fallback: UsualHidden * size))
        {
            Name = $"block{index}",
            Causal = true,
            NormEpsilon = epsilon,
            Activation = config.Activation("activation_function", "gelu_new"),
            Dropout = config.Share("resid_pdrop"),
        };
}
