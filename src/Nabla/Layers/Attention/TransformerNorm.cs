namespace Nabla.Layers;

/// <summary>How a Transformer normalises.</summary>
public enum TransformerNorm
{
    /// <summary>By <see cref="Layers.LayerNorm"/>: mean and variance of each step.</summary>
    LayerNorm,

    /// <summary>By <see cref="Layers.RmsNorm"/>: the mean square of each step.</summary>
    RmsNorm,
}
