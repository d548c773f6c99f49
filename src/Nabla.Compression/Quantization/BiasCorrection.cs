namespace Nabla.Compression;

/// <summary>
/// Takes from biases what the rounding of weights adds to the mean of each output (Nagel et al., Data-Free Quantization Through Weight Equalization and
/// Bias Correction, 2019, section 4.2, with means measured over the calibration data).
/// </summary>
internal static class BiasCorrection
{
    /// <summary>Changes the biases of the products.</summary>
    public static void Apply(Calibration calibration, IReadOnlyDictionary<ProductSite, QuantizedWeight> weights, QuantizationOptions options)
    {
        Dictionary<ProductSite, Tensor> changes = weights.ToDictionary(
            pair => pair.Key, pair => QuantizedNetwork.Dequantize(pair.Value, pair.Key, options) - pair.Key.Weights);
        foreach ((ProductSite site, Tensor shift) in calibration.MeanShifts(changes))
        {
            site.Bias = site.Bias is { } bias ? bias - shift : -shift;
        }
    }
}
