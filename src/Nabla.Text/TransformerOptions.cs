using Nabla.Layers;

namespace Nabla.Text;

/// <summary>The sizes and the kind of a Transformer. Begin with one of the four kinds: <c>TransformerOptions.Llama with { Layers = 6 }</c>.</summary>
public sealed record TransformerOptions
{
    /// <summary>
    /// Like BERT (Devlin et al., 2019, arXiv 1810.04805): learned positions, GELU. Unlike there it normalises first, which learns without a slow start; set
    /// <see cref="NormFirst"/> to false for the original.
    /// </summary>
    public static TransformerOptions Bert { get; } = new();

    /// <summary>Like GPT-2 (Radford et al., Language Models are Unsupervised Multitask Learners, 2019): learned positions, GELU, tied logits.</summary>
    public static TransformerOptions Gpt { get; } = new() { TiesOutput = true };

    /// <summary>Like Llama (Touvron et al., 2023, arXiv 2302.13971): rotary positions, RMS norm, SwiGLU, no biases.</summary>
    public static TransformerOptions Llama { get; } = new()
    {
        Positions = TransformerPositions.Rotary,
        Norm = TransformerNorm.RmsNorm,
        Activation = ActivationKind.Silu,
        Gated = true,
        UseBias = false,
    };

    /// <summary>
    /// Like the first Transformer (Vaswani et al., Attention Is All You Need, 2017, arXiv 1706.03762): sinusoidal positions, rectifiers, the target's table
    /// tied to the logits. Unlike there it normalises first.
    /// </summary>
    public static TransformerOptions Translator { get; } = new()
    {
        Positions = TransformerPositions.Sinusoidal,
        Activation = ActivationKind.Relu,
        TiesOutput = true,
    };

    /// <summary>The features of a step.</summary>
    public int Size { get; init; } = 256;

    /// <summary>The blocks; of an encoder-decoder in each half.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>The heads of attention, a divisor of the size.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>The heads of keys and values, a divisor of <see cref="Heads"/>; as many by default.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>
    /// The numbers between the two products of a block; four times the size by default, or where a third product gates 8/3 of it, rounded up to a multiple
    /// of 16, which costs the same.
    /// </summary>
    public int? Hidden { get; init; }

    /// <summary>The share of each part's output that is dropped while training, from 0 up to, not including, 1.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>How the order of steps counts.</summary>
    public TransformerPositions Positions { get; init; }

    /// <summary>How it normalises.</summary>
    public TransformerNorm Norm { get; init; }

    /// <summary>Whether what goes into a part is normalised, else the sum behind it.</summary>
    public bool NormFirst { get; init; } = true;

    /// <summary>What is applied between the two products.</summary>
    public ActivationKind Activation { get; init; } = ActivationKind.Gelu;

    /// <summary>Whether a third product gates; with <see cref="ActivationKind.Silu"/> that is SwiGLU.</summary>
    public bool Gated { get; init; }

    /// <summary>Whether products have a bias.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>Whether the logits are products with the vectors of the tokens instead of a layer of their own.</summary>
    public bool TiesOutput { get; init; }

    /// <summary>Whether an encoder-decoder has one table of vectors for the source, the target and the logits; both have one vocabulary then.</summary>
    public bool SharesVocabulary { get; init; }
}

/// <summary>How a Transformer knows the order of a sequence.</summary>
public enum TransformerPositions
{
    /// <summary>A vector is learnt for each place.</summary>
    Learned,

    /// <summary>Sines and cosines of each place are added.</summary>
    Sinusoidal,

    /// <summary>Queries and keys are turned by angles.</summary>
    Rotary,

    /// <summary>Scores fall with the distance.</summary>
    Alibi,
}
