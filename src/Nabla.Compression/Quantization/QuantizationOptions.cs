namespace Nabla.Compression;

/// <summary>How a network is quantised.</summary>
public sealed record QuantizationOptions
{
    private const int FewestBits = 2;
    private const int MostBits = 8;
    private const int HundredPercent = 100;

    /// <summary>How the ranges of activations are chosen; from the least to the largest value by default.</summary>
    public CalibrationMethod Calibration { get; init; }

    /// <summary>The share of the values, in percent, that <see cref="CalibrationMethod.Percentile"/> keeps within the range: above 50, up to 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public double Percentile
    {
        get;
        init => field = value is > HundredPercent / 2 and <= HundredPercent
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Percentile), value, "Expected a share above 50 and up to 100.");
    } = 99.99;

    /// <summary>
    /// The bits of a weight, from 2 to 8. The default of 7 keeps the sums of two products of neighbours below 2^15, which the fastest instructions for bytes
    /// demand; 8 halves the rounding of weights and takes slower ones.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public int Bits
    {
        get;
        init => field = value is >= FewestBits and <= MostBits
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Bits), value, "Expected 2 to 8 bits.");
    } = 7;

    /// <summary>Whether each output channel of a weight has a scale of its own; true by default.</summary>
    public bool PerChannel { get; init; } = true;

    /// <summary>
    /// Whether biases make up for what the rounding of weights adds to the mean of each output over the calibration data (Nagel et al., Data-Free Quantization
    /// Through Weight Equalization and Bias Correction, 2019, arXiv 1906.04721); true by default.
    /// </summary>
    public bool CorrectsBias { get; init; } = true;

    /// <summary>
    /// Whether the channels between two layers are first scaled so that their weights have ranges alike, which changes nothing in float (Nagel et al. 2019):
    /// worth it with one scale for a whole weight. False by default.
    /// </summary>
    public bool EqualizesLayers { get; init; }

    /// <summary>Weights that stay float, by patterns of dotted names: <c>*</c> stands for any characters, <c>?</c> for one; none by default.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];
}
