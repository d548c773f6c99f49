using Nabla.Layers;

namespace Nabla.HuggingFace;

/// <summary>
/// Llama (Touvron et al., 2023, arXiv 2302.13971), Mistral (Jiang et al., 2023, arXiv 2310.06825), which sees the last tokens of a window, and Qwen2 (Yang
/// et al., 2024, arXiv 2407.10671), whose queries, keys and values have biases.
/// </summary>
internal sealed class LlamaFamily : Family
{
    public override string Map => "llama";

    public override IReadOnlyDictionary<string, string> ModelTypes { get; } =
        new Dictionary<string, string> { ["llama"] = "Llama", ["mistral"] = "Mistral", ["qwen2"] = "Qwen2" };

    public override IReadOnlyDictionary<PretrainedHead, string> Heads { get; } = new Dictionary<PretrainedHead, string>
    {
        [PretrainedHead.None] = "Model",
        [PretrainedHead.CausalLanguageModel] = "ForCausalLM",
    };

    public override NetworkPlan Plan(PretrainedConfig config, NetworkRequest request)
    {
        int size = config.Integer("hidden_size", MostFeatures);
        double epsilon = config.Positive("rms_norm_eps", 1e-6);
        Layer[] body =
        [
            .. Enumerable.Range(0, config.Integer("num_hidden_layers", MostBlocks)).Select(index => Block(config, index, epsilon)),
            new RmsNorm(epsilon) { Name = "norm" },
        ];
        return DecoderHeads.Plan(config.Integer("vocab_size", MostTokens), size, PlacesOf(config), body, config.Flag("tie_word_embeddings", false), request);
    }

    // Within a window of attention there is no difference to a model without one.
    private static int PlacesOf(PretrainedConfig config)
    {
        int places = config.Integer("max_position_embeddings", MostTokens, fallback: 2048);
        bool slides = config.ModelType == "qwen2" ? config.Flag("use_sliding_window", false) : config.Has("sliding_window");
        return slides ? Math.Min(places, config.Integer("sliding_window", MostTokens, fallback: places)) : places;
    }

    private static TransformerBlock Block(PretrainedConfig config, int index, double epsilon)
    {
        int heads = config.Integer("num_attention_heads", MostFeatures);
        bool attentionBias = config.Flag("attention_bias", false);
        return new TransformerBlock(heads, config.Integer("intermediate_size", MostFeatures))
        {
            Name = $"block{index}",
            Causal = true,
            KeyValueHeads = config.Integer("num_key_value_heads", heads, fallback: heads),
            HeadSize = config.Has("head_dim") ? config.Integer("head_dim", MostFeatures) : null,
            Positions = AttentionPositions.Rotary,
            RotaryTheta = config.Positive("rope_theta", RotaryOps.UsualTheta),
            RotaryScaling = ScalingOf(config),
            Norm = TransformerNorm.RmsNorm,
            NormEpsilon = epsilon,
            Activation = config.Activation("hidden_act", "silu"),
            Gated = true,
            UseBias = config.Flag("mlp_bias", false),
            UseAttentionBias = attentionBias || config.ModelType == "qwen2",
            UseAttentionOutputBias = attentionBias,
        };
    }

    private static RotaryScaling? ScalingOf(PretrainedConfig config)
    {
        if (config.Within("rope_scaling") is not { } scaling)
        {
            return null;
        }

        string name = scaling.Has("rope_type") ? "rope_type" : "type";
        return scaling.Text(name) switch
        {
            "default" => null,
            "linear" => new RotaryScaling(scaling.Positive("factor")),
            "llama3" => new RotaryScaling(scaling.Positive("factor"))
            {
                OriginalLength = scaling.Integer("original_max_position_embeddings", MostTokens),
                LowFactor = scaling.Positive("low_freq_factor"),
                HighFactor = scaling.Positive("high_freq_factor"),
            },
            _ => throw scaling.Error(name, "one of default, linear, llama3"),
        };
    }
}
