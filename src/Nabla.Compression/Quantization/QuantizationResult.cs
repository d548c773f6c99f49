using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>A network that was quantised.</summary>
/// <param name="Network">What computes and is saved.</param>
/// <param name="Quantized">The weights that are integers now, by their dotted names.</param>
/// <param name="Left">What stayed float, with the reasons.</param>
public sealed record QuantizationResult(Sequential Network, IReadOnlyList<string> Quantized, IReadOnlyList<LeftLayer> Left);
